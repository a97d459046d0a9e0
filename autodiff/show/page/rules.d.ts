// The rules of a graph's operations: javascript.py writes the module rules.js for each graph anew.

import type { Rules } from "./model.js";

export const RULES: Rules;
