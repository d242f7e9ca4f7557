"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.runOperation = runOperation;
const connector_1 = require("./connector");
const inputs_1 = require("./inputs");
const results_1 = require("./results");
const ITEMS_PER_CALL = 500;
/** Runs the chosen operation for all incoming items: what is done on the first output, exceptions on the second. */
async function runOperation(context, properties) {
    const resource = context.getNodeParameter('resource', 0);
    const operation = context.getNodeParameter('operation', 0);
    const read = (0, inputs_1.inputReader)(context, (0, inputs_1.parametersOf)(properties, resource, operation));
    const inputs = context.getInputData().map((_, index) => read(index));
    const results = await resultsOf(context, `${resource}.${operation}`, inputs);
    if (!context.continueOnFail())
        (0, results_1.refuseFailures)(context, results);
    return (0, results_1.outputs)(results, context.getInputData(), context.isToolExecution());
}
/** One result per input; an input that cannot be read is not sent and keeps nobody else back. */
async function resultsOf(context, operation, inputs) {
    const results = inputs.map((input) => ('problem' in input ? failed(input.problem) : undefined));
    const readable = inputs.flatMap((input, index) => ('fields' in input ? [{ index, fields: input.fields }] : []));
    for (let start = 0; start < readable.length; start += ITEMS_PER_CALL) {
        const batch = readable.slice(start, start + ITEMS_PER_CALL);
        const answers = await callOperation(context, operation, batch.map(({ fields }) => fields));
        batch.forEach(({ index }, position) => (results[index] = answers[position]));
    }
    return results;
}
/** The connector answers one result per item, in the same order. A call that fails as a whole fails each of its items. */
async function callOperation(context, operation, items) {
    const answer = await (0, connector_1.ask)(context, 'POST', `nodes/${operation}`, [200], { items });
    if ('problem' in answer)
        return items.map(() => failed(answer.problem));
    const { results } = (answer.body ?? {});
    return results?.length === items.length ? results : items.map(() => failed((0, connector_1.refusal)(answer.status, answer.body)));
}
function failed(error) {
    return { status: 'failed', error };
}
