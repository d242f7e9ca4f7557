// Made by `python -m nodes.n8n_package --write` from the declared nodes; edits are overwritten.
import type { INodeProperties } from 'n8n-workflow';
import { fromItem } from '../../runtime/inputs';

export const manifestProperties: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		options: [
			{
				name: 'Close',
				value: 'close',
				action: 'Close the day of a carrier at a location',
				description: 'Put everything labelled since the last list onto a list for the driver; again: the same list',
			},
			{
				name: 'Get What Waits',
				value: 'waiting',
				action: 'Get what waits to be handed over',
				description: 'Every carrier and location with parcels labelled today that are on no list yet',
			},
		],
		displayOptions: { show: { resource: ['manifest'] } },
		default: 'waiting',
	},
	{
		displayName: 'Carrier',
		name: 'carrier',
		type: 'string',
		displayOptions: { show: { resource: ['manifest'], operation: ['close'] } },
		default: fromItem('carrier'),
		required: true,
		description: 'The carrier whose driver takes the parcels',
	},
	{
		displayName: 'Location ID',
		name: 'location_id',
		type: 'string',
		displayOptions: { show: { resource: ['manifest'], operation: ['close'] } },
		default: fromItem('location_id'),
		required: true,
		description: 'Where the parcels wait',
	},
	{
		displayName: 'Additional Fields',
		name: 'additionalFields',
		type: 'collection',
		displayOptions: { show: { resource: ['manifest'], operation: ['waiting'] } },
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
	{
		displayName: 'Additional Fields',
		name: 'additionalFields',
		type: 'collection',
		displayOptions: { show: { resource: ['manifest'], operation: ['close'] } },
		placeholder: 'Add Field',
		options: [
			{
				displayName: 'Day',
				name: 'day',
				type: 'string',
				default: '',
				description: 'The location\'s own day, such as 2026-11-09; empty: today',
			},
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
