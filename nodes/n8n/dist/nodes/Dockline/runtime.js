"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.runOperation = runOperation;
const n8n_workflow_1 = require("n8n-workflow");
const call_1 = require("./call");
const inputs_1 = require("./inputs");
const ITEMS_PER_CALL = 500;
/** Runs the chosen operation for all incoming items: what is done on the first output, exceptions on the second. */
async function runOperation(context, properties) {
    const resource = context.getNodeParameter('resource', 0);
    const operation = context.getNodeParameter('operation', 0);
    const read = (0, inputs_1.inputReader)(context, (0, inputs_1.parametersOf)(properties, resource, operation));
    const inputs = context.getInputData().map((_, index) => read(index));
    const results = await resultsOf(context, `${resource}.${operation}`, inputs);
    if (!context.continueOnFail())
        refuseFailures(context, results);
    return outputs(results, context.getInputData(), context.isToolExecution());
}
/** One result per input; an input that cannot be read is not sent and keeps nobody else back. */
async function resultsOf(context, operation, inputs) {
    const results = inputs.map((input) => ('problem' in input ? unreadable(input) : undefined));
    const readable = inputs.flatMap((input, index) => ('fields' in input ? [{ index, fields: input.fields }] : []));
    for (let start = 0; start < readable.length; start += ITEMS_PER_CALL) {
        const batch = readable.slice(start, start + ITEMS_PER_CALL);
        const answers = await (0, call_1.callOperation)(context, operation, batch.map(({ fields }) => fields));
        batch.forEach(({ index }, position) => (results[index] = answers[position]));
    }
    return results;
}
function unreadable({ problem, pointer }) {
    const error = { title: 'This parameter cannot be read', detail: problem, pointer, retryable: false, status: null };
    return { status: 'failed', error };
}
/** n8n stops at an error, while the other items are carried out already: the error says so. */
function refuseFailures(context, results) {
    const failed = results.flatMap((result, index) => (result.status === 'failed' ? [{ index, error: result.error }] : []));
    if (failed.length === 0)
        return;
    const { index, error } = failed[0];
    throw new n8n_workflow_1.NodeApiError(context.getNode(), { ...error }, {
        message: error.title,
        description: `${explained(error)} ${counted(failed.length, results.length)}`,
        itemIndex: index,
        ...(error.status && { httpCode: String(error.status) }),
        ...(error.retryable && { failure: { cause: 'temporarily-unavailable' } }),
    });
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
/** An agent sees the first output of a tool only, so there exceptions join it. */
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
