// Made by `python -m nodes.n8n_package --write` from the declared nodes; edits are overwritten.
import type { INodeProperties } from 'n8n-workflow';

export const ruleProperties: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		options: [
			{
				name: 'Evaluate',
				value: 'evaluate',
				action: 'Evaluate a rule file',
				description: 'Ask a rule file about facts: which rule wins, what it says, and why',
			},
		],
		displayOptions: { show: { resource: ['rule'] } },
		default: 'evaluate',
	},
	{
		displayName: 'Rule File',
		name: 'file',
		type: 'string',
		displayOptions: { show: { resource: ['rule'], operation: ['evaluate'] } },
		default: '',
		required: true,
		description: 'The file\'s ID, such as ownership',
	},
	{
		displayName: 'Facts',
		name: 'facts',
		type: 'json',
		displayOptions: { show: { resource: ['rule'], operation: ['evaluate'] } },
		default: '',
		required: true,
		description: 'Facts of the file\'s vocabulary',
	},
	{
		displayName: 'Additional Fields',
		name: 'additionalFields',
		type: 'collection',
		displayOptions: { show: { resource: ['rule'], operation: ['evaluate'] } },
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
