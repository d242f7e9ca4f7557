import type { IDataObject, IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';
import { isSigned, type DeliveryHeaders } from './signature';
import { secretsOf } from './subscription';

interface DeliveredEvent {
	id: string;
	type: string;
	time: string;
	object: IDataObject;
	data?: IDataObject;
}

/** What a tracking event says of its scan, and what it is called on the item. */
const SCAN = {
	scan_type: 'type',
	tracking_number: 'tracking_number',
	place: 'place',
	occurred_at: 'occurred_at',
	raw_code: 'raw_code',
} as const;

/** One item per event of a delivery that bears the subscription's signature; n8n answers 200 when the run is queued. */
export function receive(context: IWebhookFunctions): IWebhookResponseData {
	const headers = context.getHeaderData() as DeliveryHeaders;
	const body = context.getRequestObject().rawBody;
	const isOurs = secretsOf(context).some((secret) => isSigned(secret, headers, body, Date.now() / 1000));
	if (!isOurs) return refuse(context, 401, 'No subscription of this workflow has signed this delivery');
	const { events } = context.getBodyData() as { events?: DeliveredEvent[] };
	if (!Array.isArray(events)) return refuse(context, 400, 'The body has no list of events');
	if (events.length === 0) return {};
	return { workflowData: [context.helpers.returnJsonArray(events.map(itemOf))] };
}

function itemOf({ id, type, time, object, data }: DeliveredEvent): IDataObject {
	const item = { ...object, event_id: id, event_type: type, event_time: time };
	return data?.scan_type === undefined ? item : { ...item, scan: scanOf(data) };
}

function scanOf(data: IDataObject): IDataObject {
	return Object.fromEntries(Object.entries(SCAN).map(([name, shown]) => [shown, data[name]]));
}

function refuse(context: IWebhookFunctions, status: number, title: string): IWebhookResponseData {
	context.getResponseObject().status(status).json({ title, status }).end();
	return { noWebhookResponse: true };
}
