"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.secretsOf = secretsOf;
exports.subscriptionExists = subscriptionExists;
exports.subscribe = subscribe;
exports.unsubscribe = unsubscribe;
const connector_1 = require("./connector");
/** The secrets that a delivery to this node may be signed with: n8n does not tell it which of its URLs was called. */
function secretsOf(context) {
    return Object.values(subscriptions(context)).map((subscription) => subscription.secret);
}
/** Whether the connector still has the subscription, with the parameters the node has now. */
async function subscriptionExists(context) {
    const subscription = kept(context);
    if (!subscription || subscription.wanted !== JSON.stringify(wanted(context)))
        return false;
    const { status } = await call(context, 'GET', `/${subscription.id}`, [200, 404]);
    return status === 200;
}
/** Subscribes; what was kept before, for other parameters, is given up first. */
async function subscribe(context) {
    await unsubscribe(context);
    const body = { ...wanted(context), url: urlOf(context), name: nameOf(context) };
    const { body: made } = await call(context, 'POST', '', [201], body);
    const { id, secret } = made;
    subscriptions(context)[urlOf(context)] = { id, secret, wanted: JSON.stringify(wanted(context)) };
    return true;
}
/** Unsubscribes; also true when there was nothing to give up. */
async function unsubscribe(context) {
    const subscription = kept(context);
    if (!subscription)
        return true;
    await call(context, 'DELETE', `/${subscription.id}`, [204, 404]);
    delete subscriptions(context)[urlOf(context)];
    return true;
}
/** The subscription of this webhook URL: the test URL of the editor has its own beside that of the active workflow. */
function kept(context) {
    return subscriptions(context)[urlOf(context)];
}
function subscriptions(context) {
    return context.getWorkflowStaticData('node');
}
function urlOf(context) {
    return context.getNodeWebhookUrl('default');
}
function nameOf(context) {
    return `${context.getWorkflow().name ?? 'Workflow'}: ${context.getNode().name}`;
}
function wanted(context) {
    return {
        event_types: context.getNodeParameter('eventTypes'),
        batch_size: context.getNodeParameter('batchSize'),
        acknowledge: context.getNodeParameter('acknowledge'),
    };
}
async function call(context, method, path, expected, body) {
    const answer = await (0, connector_1.ask)(context, method, `subscriptions${path}`, expected, body);
    if (!('problem' in answer))
        return answer;
    throw (0, connector_1.errorOf)(context, answer.problem, answer.problem.detail);
}
