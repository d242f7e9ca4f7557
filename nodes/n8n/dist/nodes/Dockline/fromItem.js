"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.fromItem = void 0;
/** The default of a parameter that is usually filled from the incoming item. */
const fromItem = (field) => `={{ $json.${field} }}`;
exports.fromItem = fromItem;
