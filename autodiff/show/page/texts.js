// English texts by themselves: none. For other languages Python writes this table, from languages/*.json.

/** @type {Record<string, string>} */
export const TEXTS = {};
