// Made by `python -m nodes.n8n_package --write` from the declared nodes; edits are overwritten.
import type { INodeProperties } from 'n8n-workflow';
import { batchProperties } from './batch.generated';
import { documentProperties } from './document.generated';
import { eventProperties } from './event.generated';
import { exceptionProperties } from './exception.generated';
import { manifestProperties } from './manifest.generated';
import { notificationProperties } from './notification.generated';
import { orderProperties } from './order.generated';
import { pickupProperties } from './pickup.generated';
import { ruleProperties } from './rule.generated';
import { shipmentProperties } from './shipment.generated';

export const properties: INodeProperties[] = [
	{
		displayName: 'Resource',
		name: 'resource',
		type: 'options',
		noDataExpression: true,
		options: [
			{ name: 'Batch', value: 'batch' },
			{ name: 'Document', value: 'document' },
			{ name: 'Event', value: 'event' },
			{ name: 'Exception', value: 'exception' },
			{ name: 'Manifest', value: 'manifest' },
			{ name: 'Notification', value: 'notification' },
			{ name: 'Order', value: 'order' },
			{ name: 'Pickup', value: 'pickup' },
			{ name: 'Rule', value: 'rule' },
			{ name: 'Shipment', value: 'shipment' },
		],
		default: 'order',
	},
	...batchProperties,
	...documentProperties,
	...eventProperties,
	...exceptionProperties,
	...manifestProperties,
	...notificationProperties,
	...orderProperties,
	...pickupProperties,
	...ruleProperties,
	...shipmentProperties,
];
