// The rules of a graph's operations, and the parts of a mistake's sweep: javascript.py writes the module rules.js
// for each graph anew.

import type { Parts, Rules } from "./model.js";

export const RULES: Rules;
export const PARTS: Partial<Parts>;
