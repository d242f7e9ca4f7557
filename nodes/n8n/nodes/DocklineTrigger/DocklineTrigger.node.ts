// Made by `python -m nodes.n8n_package --write` from the declared nodes; edits are overwritten.
import {
	NodeConnectionTypes,
	type IHookFunctions,
	type INodePropertyOptions,
	type INodeType,
	type INodeTypeDescription,
	type IWebhookFunctions,
	type IWebhookResponseData,
} from 'n8n-workflow';
import { receive } from '../runtime/delivery';
import { subscribe, subscriptionExists, unsubscribe } from '../runtime/subscription';

const eventTypes: INodePropertyOptions[] = [
	{ name: 'Order Received', value: 'dockline.order.received.v1', description: 'An order came in' },
	{
		name: 'Order Requeued',
		value: 'dockline.order.requeued.v1',
		description: 'An order may move again: let go, its stock came in, or its claims ran out',
	},
	{
		name: 'Order Validated',
		value: 'dockline.order.validated.v1',
		description: 'An order passed its checks',
	},
	{
		name: 'Order Allocated',
		value: 'dockline.order.allocated.v1',
		description: 'All of an order is reserved',
	},
	{
		name: 'Order Partially Allocated',
		value: 'dockline.order.partially_allocated.v1',
		description: 'Part of an order is reserved, the rest is short',
	},
	{
		name: 'Order Backordered',
		value: 'dockline.order.backordered.v1',
		description: 'Nothing of an order is in stock',
	},
	{
		name: 'Order Released',
		value: 'dockline.order.released.v1',
		description: 'The warehouse has all of an order',
	},
	{
		name: 'Order Partially Shipped',
		value: 'dockline.order.partially_shipped.v1',
		description: 'Part of an order has left',
	},
	{
		name: 'Order Shipped',
		value: 'dockline.order.shipped.v1',
		description: 'All of an order has left',
	},
	{
		name: 'Order Delivered',
		value: 'dockline.order.delivered.v1',
		description: 'All of an order was delivered',
	},
	{
		name: 'Order Closed',
		value: 'dockline.order.closed.v1',
		description: 'Nothing is left to do for an order',
	},
	{
		name: 'Order Cancelled',
		value: 'dockline.order.cancelled.v1',
		description: 'An order was cancelled',
	},
	{
		name: 'Order Quarantined',
		value: 'dockline.order.quarantined.v1',
		description: 'An order may not move until its exception is resolved',
	},
	{ name: 'Order Held', value: 'dockline.order.held.v1', description: 'An order is on hold' },
	{
		name: 'Order Escalated',
		value: 'dockline.order.escalated.v1',
		description: 'An order\'s deadline passed',
	},
	{
		name: 'Order Reassigned',
		value: 'dockline.order.reassigned.v1',
		description: 'An order has another owner because its owner is out',
	},
	{
		name: 'Shipment Planned',
		value: 'dockline.shipment.planned.v1',
		description: 'A location was chosen for part of an order',
	},
	{
		name: 'Shipment Released',
		value: 'dockline.shipment.released.v1',
		description: 'The warehouse has a shipment',
	},
	{
		name: 'Shipment Picked',
		value: 'dockline.shipment.picked.v1',
		description: 'A shipment is picked',
	},
	{
		name: 'Shipment Packed',
		value: 'dockline.shipment.packed.v1',
		description: 'A shipment is packed',
	},
	{
		name: 'Shipment Pick Failed',
		value: 'dockline.shipment.pick_failed.v1',
		description: 'The warehouse did not find the goods of a shipment',
	},
	{
		name: 'Shipment Requeued',
		value: 'dockline.shipment.requeued.v1',
		description: 'A shipment may move again after an exception',
	},
	{
		name: 'Shipment Labelled',
		value: 'dockline.shipment.labelled.v1',
		description: 'A shipment has its label',
	},
	{
		name: 'Shipment Shipped',
		value: 'dockline.shipment.shipped.v1',
		description: 'A shipment has left',
	},
	{
		name: 'Shipment in Transit',
		value: 'dockline.shipment.in_transit.v1',
		description: 'The carrier has a shipment',
	},
	{
		name: 'Shipment Delivered',
		value: 'dockline.shipment.delivered.v1',
		description: 'A shipment was delivered',
	},
	{
		name: 'Shipment Tracked',
		value: 'dockline.shipment.tracked.v1',
		description: 'A carrier has scanned a parcel of a shipment',
	},
	{
		name: 'Pickup Confirmed',
		value: 'dockline.pickup.confirmed.v1',
		description: 'A carrier has confirmed a pickup, or its change',
	},
	{
		name: 'Pickup Troubled',
		value: 'dockline.pickup.troubled.v1',
		description: 'Somebody has to look at a pickup: no answer, refused, in doubt, or two drivers',
	},
	{
		name: 'Pickup Missed',
		value: 'dockline.pickup.missed.v1',
		description: 'A pickup\'s window is over and not all of its parcels are collected',
	},
	{
		name: 'Pickup Collected',
		value: 'dockline.pickup.collected.v1',
		description: 'All parcels of a pickup are with their carrier',
	},
	{
		name: 'Pickup Cancelled',
		value: 'dockline.pickup.cancelled.v1',
		description: 'A pickup was called off',
	},
	{
		name: 'Pickup Escalated',
		value: 'dockline.pickup.escalated.v1',
		description: 'A pickup\'s deadline passed',
	},
	{
		name: 'Exception Raised',
		value: 'dockline.exception.raised.v1',
		description: 'An order or shipment left the ordinary path, or a credential is overdue',
	},
	{
		name: 'Exception Claimed',
		value: 'dockline.exception.claimed.v1',
		description: 'Somebody works on an exception',
	},
	{
		name: 'Exception Resolved',
		value: 'dockline.exception.resolved.v1',
		description: 'An exception is resolved and waits to be requeued',
	},
	{
		name: 'Exception Escalated',
		value: 'dockline.exception.escalated.v1',
		description: 'An exception\'s deadline passed',
	},
	{
		name: 'Exception Reassigned',
		value: 'dockline.exception.reassigned.v1',
		description: 'An exception has another owner because its owner is out',
	},
];

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
