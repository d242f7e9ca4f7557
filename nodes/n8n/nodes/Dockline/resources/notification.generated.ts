// Made by `python -m nodes.n8n_package --write` from the declared nodes; edits are overwritten.
import type { INodeProperties } from 'n8n-workflow';
import { fromItem } from '../../runtime/inputs';

export const notificationProperties: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		options: [
			{
				name: 'Compose',
				value: 'compose',
				action: 'Compose the customer message',
				description: 'What the customer should hear of an event, once per occasion; send it with any n8n node',
			},
		],
		displayOptions: { show: { resource: ['notification'] } },
		default: 'compose',
	},
	{
		displayName: 'Order ID',
		name: 'order_id',
		type: 'string',
		displayOptions: { show: { resource: ['notification'], operation: ['compose'] } },
		default: fromItem('order_id'),
		required: true,
		description: 'The order, as every Dockline item carries it',
	},
	{
		displayName: 'Version',
		name: 'version',
		type: 'number',
		displayOptions: { show: { resource: ['notification'], operation: ['compose'] } },
		default: fromItem('version'),
		description: 'The version you have seen; makes a repeat of this call safe',
	},
	{
		displayName: 'Event Type',
		name: 'event_type',
		type: 'string',
		displayOptions: { show: { resource: ['notification'], operation: ['compose'] } },
		default: fromItem('event_type'),
		required: true,
		description: 'The event the customer may hear of',
	},
	{
		displayName: 'Additional Fields',
		name: 'additionalFields',
		type: 'collection',
		displayOptions: { show: { resource: ['notification'], operation: ['compose'] } },
		placeholder: 'Add Field',
		options: [
			{
				displayName: 'Delivery ID',
				name: 'delivery_id',
				type: 'string',
				default: '',
				description: 'The delivery of the trigger that this works on, so that the connector knows it is handled',
			},
			{
				displayName: 'Idempotency Key',
				name: 'idempotency_key',
				type: 'string',
				default: '',
				description: 'Same key and same content: the first answer again. Empty: made from the object and its version.',
			},
		],
		default: {},
	},
];
