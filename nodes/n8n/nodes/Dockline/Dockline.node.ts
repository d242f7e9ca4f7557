import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';
import { properties } from './resources/properties.generated';
import { runOperation } from './runtime';

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
		properties,
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await runOperation(this, properties);
	}
}
