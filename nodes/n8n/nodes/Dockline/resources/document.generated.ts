// Made by `python -m nodes.n8n_package --write` from the declared nodes; edits are overwritten.
import type { INodeProperties } from 'n8n-workflow';
import { fromItem } from '../../runtime/inputs';

export const documentProperties: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		options: [
			{
				name: 'Get',
				value: 'get',
				action: 'Get a document',
				description: 'One label, customs paper or manifest, ready for a printer',
			},
		],
		displayOptions: { show: { resource: ['document'] } },
		default: 'get',
	},
	{
		displayName: 'Hash',
		name: 'hash',
		type: 'string',
		displayOptions: { show: { resource: ['document'], operation: ['get'] } },
		default: fromItem('hash'),
		required: true,
		description: 'What manifests and shipments call the document',
	},
	{
		displayName: 'Additional Fields',
		name: 'additionalFields',
		type: 'collection',
		displayOptions: { show: { resource: ['document'], operation: ['get'] } },
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
