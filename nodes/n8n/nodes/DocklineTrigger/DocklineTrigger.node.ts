import {
	NodeConnectionTypes,
	type IHookFunctions,
	type INodeType,
	type INodeTypeDescription,
	type IWebhookFunctions,
	type IWebhookResponseData,
} from 'n8n-workflow';
import { eventTypes } from './eventTypes.generated';
import { receive } from './delivery';
import { subscribe, subscriptionExists, unsubscribe } from './subscription';

/** Starts a workflow with the events of the connector, up to a batch per run. */
export class DocklineTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Dockline Trigger',
		name: 'docklineTrigger',
		icon: { light: 'file:../../icons/dockline.svg', dark: 'file:../../icons/dockline.dark.svg' },
		group: ['trigger'],
		version: 1,
		subtitle: '={{ "Event types: " + $parameter["eventTypes"].length }}',
		description: 'Starts the workflow when something happened to an order, a shipment or an exception',
		defaults: { name: 'Dockline Trigger' },
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'docklineApi', required: true }],
		webhooks: [{ name: 'default', httpMethod: 'POST', responseMode: 'onReceived', path: 'webhook' }],
		properties: [
			{
				displayName: 'Event Types',
				name: 'eventTypes',
				type: 'multiOptions',
				options: eventTypes,
				default: [],
				required: true,
				description: 'What starts the workflow',
			},
			{
				displayName: 'Batch Size',
				name: 'batchSize',
				type: 'number',
				typeOptions: { minValue: 1, maxValue: 500 },
				default: 100,
				description: 'How many events one run of the workflow takes at most; each event is one item',
			},
			{
				displayName: 'An Event Is Handled',
				name: 'acknowledge',
				type: 'options',
				options: [
					{
						name: 'When a Node Moved Its Object On',
						value: 'on_progress',
						description: 'For workflows that do the work: what nobody moved on in time is delivered again',
					},
					{
						name: 'When the Workflow Has Received It',
						value: 'on_receipt',
						description: 'For workflows that only listen: nothing is delivered again',
					},
				],
				default: 'on_progress',
			},
		],
	};

	webhookMethods = {
		default: {
			async checkExists(this: IHookFunctions): Promise<boolean> {
				return await subscriptionExists(this);
			},
			async create(this: IHookFunctions): Promise<boolean> {
				return await subscribe(this);
			},
			async delete(this: IHookFunctions): Promise<boolean> {
				return await unsubscribe(this);
			},
		},
	};

	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		return receive(this);
	}
}
