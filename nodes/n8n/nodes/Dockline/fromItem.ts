/** The default of a parameter that is usually filled from the incoming item. */
export const fromItem = (field: string): string => `={{ $json.${field} }}`;
