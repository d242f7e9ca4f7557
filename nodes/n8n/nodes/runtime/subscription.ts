import type { IDataObject, IHookFunctions, IHttpRequestMethods, IWebhookFunctions } from 'n8n-workflow';
import { ask, errorOf } from './connector';

/** What the workflow keeps of a subscription; `wanted` are the parameters it was made with. */
interface Subscription extends IDataObject {
	id: string;
	secret: string;
	wanted: string;
}

/** The secrets that a delivery to this node may be signed with: n8n does not tell it which of its URLs was called. */
export function secretsOf(context: IWebhookFunctions): string[] {
	return Object.values(subscriptions(context)).map((subscription) => (subscription as Subscription).secret);
}

/** Whether the connector still has the subscription, with the parameters the node has now. */
export async function subscriptionExists(context: IHookFunctions): Promise<boolean> {
	const subscription = kept(context);
	if (!subscription || subscription.wanted !== JSON.stringify(wanted(context))) return false;
	const { status } = await call(context, 'GET', `/${subscription.id}`, [200, 404]);
	return status === 200;
}

/** Subscribes; what was kept before, for other parameters, is given up first. */
export async function subscribe(context: IHookFunctions): Promise<boolean> {
	await unsubscribe(context);
	const body = { ...wanted(context), url: urlOf(context), name: nameOf(context) };
	const { body: made } = await call(context, 'POST', '', [201], body);
	const { id, secret } = made as { id: string; secret: string };
	subscriptions(context)[urlOf(context)] = { id, secret, wanted: JSON.stringify(wanted(context)) };
	return true;
}

/** Unsubscribes; also true when there was nothing to give up. */
export async function unsubscribe(context: IHookFunctions): Promise<boolean> {
	const subscription = kept(context);
	if (!subscription) return true;
	await call(context, 'DELETE', `/${subscription.id}`, [204, 404]);
	delete subscriptions(context)[urlOf(context)];
	return true;
}

/** The subscription of this webhook URL: the test URL of the editor has its own beside that of the active workflow. */
function kept(context: IHookFunctions): Subscription | undefined {
	return subscriptions(context)[urlOf(context)] as Subscription | undefined;
}

function subscriptions(context: IHookFunctions | IWebhookFunctions): IDataObject {
	return context.getWorkflowStaticData('node');
}

function urlOf(context: IHookFunctions): string {
	return context.getNodeWebhookUrl('default') as string;
}

function nameOf(context: IHookFunctions): string {
	return `${context.getWorkflow().name ?? 'Workflow'}: ${context.getNode().name}`;
}

function wanted(context: IHookFunctions): IDataObject {
	return {
		event_types: context.getNodeParameter('eventTypes') as string[],
		batch_size: context.getNodeParameter('batchSize') as number,
		acknowledge: context.getNodeParameter('acknowledge') as string,
	};
}

async function call(
	context: IHookFunctions,
	method: IHttpRequestMethods,
	path: string,
	expected: number[],
	body?: IDataObject,
): Promise<{ status: number; body: unknown }> {
	const answer = await ask(context, method, `subscriptions${path}`, expected, body);
	if (!('problem' in answer)) return answer;
	throw errorOf(context, answer.problem, answer.problem.detail);
}
