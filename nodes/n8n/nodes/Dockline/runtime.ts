import {
	NodeApiError,
	type IDataObject,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeProperties,
	type JsonObject,
} from 'n8n-workflow';
import { callOperation, type Problem, type Result } from './call';
import { deliveryOf, inputReader, parametersOf, type Input } from './inputs';

const ITEMS_PER_CALL = 500;

/** Runs the chosen operation for all incoming items: what is done on the first output, exceptions on the second. */
export async function runOperation(
	context: IExecuteFunctions,
	properties: INodeProperties[],
): Promise<INodeExecutionData[][]> {
	const resource = context.getNodeParameter('resource', 0) as string;
	const operation = context.getNodeParameter('operation', 0) as string;
	const read = inputReader(context, parametersOf(properties, resource, operation));
	const inputs = context.getInputData().map((_, index) => read(index));
	const results = await resultsOf(context, `${resource}.${operation}`, inputs);
	if (!context.continueOnFail()) refuseFailures(context, results);
	return outputs(results, context.getInputData(), context.isToolExecution());
}

/** One result per input; an input that cannot be read is not sent and keeps nobody else back. */
async function resultsOf(context: IExecuteFunctions, operation: string, inputs: Input[]): Promise<Result[]> {
	const results = inputs.map((input) => ('problem' in input ? unreadable(input) : undefined));
	const readable = inputs.flatMap((input, index) => ('fields' in input ? [{ index, fields: input.fields }] : []));
	for (let start = 0; start < readable.length; start += ITEMS_PER_CALL) {
		const batch = readable.slice(start, start + ITEMS_PER_CALL);
		const answers = await callOperation(context, operation, batch.map(({ fields }) => fields));
		batch.forEach(({ index }, position) => (results[index] = answers[position]));
	}
	return results as Result[];
}

function unreadable({ problem, pointer }: { problem: string; pointer: string }): Result {
	const error = { title: 'This parameter cannot be read', detail: problem, pointer, retryable: false, status: null };
	return { status: 'failed', error };
}

/** n8n stops at an error, while the other items are carried out already: the error says so. */
function refuseFailures(context: IExecuteFunctions, results: Result[]): void {
	const failed = results.flatMap((result, index) => (result.status === 'failed' ? [{ index, error: result.error }] : []));
	if (failed.length === 0) return;
	const { index, error } = failed[0];
	throw new NodeApiError(context.getNode(), { ...error } as unknown as JsonObject, {
		message: error.title,
		description: `${explained(error)} ${counted(failed.length, results.length)}`,
		itemIndex: index,
		...(error.status && { httpCode: String(error.status) }),
		...(error.retryable && { failure: { cause: 'temporarily-unavailable' as const } }),
	});
}

function explained({ detail, pointer, retryable }: Problem): string {
	const where = pointer ? ` (at ${pointer})` : '';
	return `${detail}${where}. ${retryable ? 'Trying again can help.' : 'Trying again will not help.'}`;
}

function counted(failed: number, all: number): string {
	if (failed === all) return all === 1 ? 'Nothing was carried out.' : `None of the ${all} items was carried out.`;
	return `${failed} of ${all} items failed; what succeeded is kept, and a new run does not repeat it.`;
}

/** An agent sees the first output of a tool only, so there exceptions join it. */
function outputs(results: Result[], items: INodeExecutionData[], isTool: boolean): INodeExecutionData[][] {
	const done: INodeExecutionData[] = [];
	const exceptions: INodeExecutionData[] = [];
	for (const index of retryableFirst(results)) {
		const result = results[index];
		const output = result.status === 'exception' && !isTool ? exceptions : done;
		output.push({ json: jsonOf(result, deliveryOf(items[index])), pairedItem: { item: index } });
	}
	return [done, exceptions];
}

/** n8n repeats a node that goes on after errors only when the very first item is an error: put those first that need it. */
function retryableFirst(results: Result[]): number[] {
	const rank = (result: Result) => (result.status !== 'failed' ? 1 : result.error.retryable ? 0 : 2);
	return [...results.keys()].sort((one, other) => rank(results[one]) - rank(results[other]) || one - other);
}

/** n8n recognises an error item by `error` and `details` being all it has. */
function jsonOf(result: Result, delivery: IDataObject): IDataObject {
	if (result.status === 'done') return { ...result.output, ...delivery };
	if (result.status === 'exception') return { ...result.output, exception: result.exception, ...delivery };
	return { error: `${result.error.title}: ${result.error.detail}`, details: { ...result.error } };
}
