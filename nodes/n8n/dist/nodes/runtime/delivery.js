"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.receive = receive;
const signature_1 = require("./signature");
const subscription_1 = require("./subscription");
/** What a tracking event says of its scan, and what it is called on the item. */
const SCAN = {
    scan_type: 'type',
    tracking_number: 'tracking_number',
    place: 'place',
    occurred_at: 'occurred_at',
    raw_code: 'raw_code',
};
/** One item per event of a delivery that bears the subscription's signature; n8n answers 200 when the run is queued. */
function receive(context) {
    const headers = context.getHeaderData();
    const body = context.getRequestObject().rawBody;
    const isOurs = (0, subscription_1.secretsOf)(context).some((secret) => (0, signature_1.isSigned)(secret, headers, body, Date.now() / 1000));
    if (!isOurs)
        return refuse(context, 401, 'No subscription of this workflow has signed this delivery');
    const { events } = context.getBodyData();
    if (!Array.isArray(events))
        return refuse(context, 400, 'The body has no list of events');
    if (events.length === 0)
        return {};
    return { workflowData: [context.helpers.returnJsonArray(events.map(itemOf))] };
}
function itemOf({ id, type, time, object, data }) {
    const item = { ...object, event_id: id, event_type: type, event_time: time };
    return data?.scan_type === undefined ? item : { ...item, scan: scanOf(data) };
}
function scanOf(data) {
    return Object.fromEntries(Object.entries(SCAN).map(([name, shown]) => [shown, data[name]]));
}
function refuse(context, status, title) {
    context.getResponseObject().status(status).json({ title, status }).end();
    return { noWebhookResponse: true };
}
