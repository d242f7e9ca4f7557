"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.fromItem = void 0;
exports.parametersOf = parametersOf;
exports.deliveryOf = deliveryOf;
exports.inputReader = inputReader;
const COLLECTION = 'additionalFields';
const JUST_A_FIELD = /^=\{\{ \$json\.(\w+(?:\.\w+)*) \}\}$/;
/** The default of a parameter that is usually filled from the incoming item. */
const fromItem = (field) => `={{ $json.${field} }}`;
exports.fromItem = fromItem;
/** The parameters that belong to one operation. */
function parametersOf(properties, resource, operation) {
    return properties.filter(({ displayOptions }) => {
        const { resource: resources, operation: operations } = displayOptions?.show ?? {};
        return resources?.includes(resource) && operations?.includes(operation);
    });
}
/**
 * The delivery of the trigger that an item comes from. It travels with the items from step to step, so that the
 * connector knows when a flow has done its part; whoever builds the flow need not think of it.
 */
function deliveryOf({ json }) {
    return typeof json.delivery_id === 'string' ? { delivery_id: json.delivery_id } : {};
}
/** Reads the inputs of the item at an index; parameters left empty are left out. */
function inputReader(context, parameters) {
    const readers = parameters.map((parameter) => ({ parameter, read: valueReader(context, parameter.name) }));
    const items = context.getInputData();
    return (index) => {
        const fields = deliveryOf(items[index]);
        for (const { parameter, read } of readers) {
            for (const [{ name, type }, value] of valuesOf(parameter, read(index))) {
                if (value === undefined || value === null || value === '')
                    continue;
                try {
                    fields[name] = converted(type, value);
                }
                catch (error) {
                    return { problem: unreadable(name, error) };
                }
            }
        }
        return { fields };
    };
}
function unreadable(name, error) {
    const title = 'This parameter cannot be read';
    return { title, detail: error.message, pointer: `/${name}`, retryable: false, status: null };
}
/**
 * An expression costs a trip into n8n's sandbox, per parameter and item. What is the same for all items is read once,
 * and an expression that only names a field of the item (the default of most parameters) is read from the item.
 */
function valueReader(context, name) {
    const written = context.getNode().parameters[name];
    const path = typeof written === 'string' && JUST_A_FIELD.exec(written)?.[1].split('.');
    if (path) {
        const items = context.getInputData();
        return (index) => path.reduce((inner, key) => inner?.[key], items[index].json);
    }
    if (JSON.stringify(written ?? '').includes('"='))
        return (index) => context.getNodeParameter(name, index);
    const value = context.getNodeParameter(name, 0, '');
    return () => value;
}
function valuesOf(parameter, value) {
    if (parameter.name !== COLLECTION)
        return [[parameter, value]];
    const chosen = value;
    return parameter.options.map((field) => [field, chosen[field.name]]);
}
/** An expression may yield another type than the parameter shows: bring it to the type the connector reads. */
function converted(type, value) {
    if (type === 'json' && typeof value === 'string')
        return JSON.parse(value);
    if (type === 'string' && typeof value !== 'string')
        return textOf(value);
    if (type === 'number' && typeof value === 'string')
        return numberOf(value);
    if (type === 'boolean' && typeof value === 'string')
        return booleanOf(value);
    return value;
}
function textOf(value) {
    const text = typeof value === 'object' ? JSON.parse(JSON.stringify(value)) : String(value);
    if (typeof text === 'string')
        return text;
    throw new TypeError(`A text is needed here, not ${JSON.stringify(value).slice(0, 100)}`);
}
function numberOf(text) {
    const number = Number(text);
    if (Number.isFinite(number))
        return number;
    throw new TypeError(`A number is needed here, not "${text.slice(0, 100)}"`);
}
function booleanOf(text) {
    if (text === 'true' || text === 'false')
        return text === 'true';
    throw new TypeError(`true or false is needed here, not "${text.slice(0, 100)}"`);
}
