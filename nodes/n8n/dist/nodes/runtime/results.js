"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.refuseFailures = refuseFailures;
exports.outputs = outputs;
const connector_1 = require("./connector");
const inputs_1 = require("./inputs");
/** n8n stops at an error, while the other items are carried out already: the error says so. */
function refuseFailures(context, results) {
    const failed = results.flatMap((result, index) => (result.status === 'failed' ? [{ index, error: result.error }] : []));
    if (failed.length === 0)
        return;
    const { index, error } = failed[0];
    throw (0, connector_1.errorOf)(context, error, `${explained(error)} ${counted(failed.length, results.length)}`, index);
}
function explained({ detail, pointer, retryable }) {
    const where = pointer ? ` (at ${pointer})` : '';
    return `${detail}${where}. ${retryable ? 'Trying again can help.' : 'Trying again will not help.'}`;
}
function counted(failed, all) {
    if (failed === all)
        return all === 1 ? 'Nothing was carried out.' : `None of the ${all} items was carried out.`;
    return `${failed} of ${all} items failed; what succeeded is kept, and a new run does not repeat it.`;
}
/** The items of both outputs. An agent sees the first output of a tool only, so there exceptions join it. */
function outputs(results, items, isTool) {
    const done = [];
    const exceptions = [];
    for (const index of retryableFirst(results)) {
        const result = results[index];
        const output = result.status === 'exception' && !isTool ? exceptions : done;
        output.push({ json: jsonOf(result, (0, inputs_1.deliveryOf)(items[index])), pairedItem: { item: index } });
    }
    return [done, exceptions];
}
/** n8n repeats a node that goes on after errors only when the very first item is an error: put those first that need it. */
function retryableFirst(results) {
    const rank = (result) => (result.status !== 'failed' ? 1 : result.error.retryable ? 0 : 2);
    return [...results.keys()].sort((one, other) => rank(results[one]) - rank(results[other]) || one - other);
}
/** n8n recognises an error item by `error` and `details` being all it has. */
function jsonOf(result, delivery) {
    if (result.status === 'done')
        return { ...result.output, ...delivery };
    if (result.status === 'exception')
        return { ...result.output, exception: result.exception, ...delivery };
    return { error: `${result.error.title}: ${result.error.detail}`, details: { ...result.error } };
}
