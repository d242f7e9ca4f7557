// Made by `python -m nodes.n8n_package --write` from the declared nodes; edits are overwritten.
import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeProperties,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';
import { runOperation } from '../runtime/operation';
import { batchProperties } from './resources/batch.generated';
import { documentProperties } from './resources/document.generated';
import { eventProperties } from './resources/event.generated';
import { exceptionProperties } from './resources/exception.generated';
import { manifestProperties } from './resources/manifest.generated';
import { notificationProperties } from './resources/notification.generated';
import { orderProperties } from './resources/order.generated';
import { pickupProperties } from './resources/pickup.generated';
import { ruleProperties } from './resources/rule.generated';
import { shipmentProperties } from './resources/shipment.generated';

const properties: INodeProperties[] = [
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

/** Every operation of the connector. All incoming items go out in one call, or in a few of 500. */
export class Dockline implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Dockline',
		name: 'dockline',
		icon: { light: 'file:../../icons/dockline.svg', dark: 'file:../../icons/dockline.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: '={{ $parameter["resource"] + ": " + $parameter["operation"].replaceAll("_", " ") }}',
		description: 'Take orders from received to delivered: validate, allocate, release, ship, and handle exceptions',
		defaults: { name: 'Dockline' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main, NodeConnectionTypes.Main],
		outputNames: ['Done', 'Exception'],
		credentials: [{ name: 'docklineApi', required: true }],
		properties: properties,
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await runOperation(this, properties);
	}
}
