import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { errorOf, type Problem } from './connector';
import { deliveryOf } from './inputs';

/** What became of one item. */
export type Result =
	| { status: 'done'; output: IDataObject }
	| { status: 'exception'; output: IDataObject | null; exception: IDataObject }
	| { status: 'failed'; error: Problem };

/** n8n stops at an error, while the other items are carried out already: the error says so. */
export function refuseFailures(context: IExecuteFunctions, results: Result[]): void {
	const failed = results.flatMap((result, index) => (result.status === 'failed' ? [{ index, error: result.error }] : []));
	if (failed.length === 0) return;
	const { index, error } = failed[0];
	throw errorOf(context, error, `${explained(error)} ${counted(failed.length, results.length)}`, index);
}

function explained({ detail, pointer, retryable }: Problem): string {
	const where = pointer ? ` (at ${pointer})` : '';
	return `${detail}${where}. ${retryable ? 'Trying again can help.' : 'Trying again will not help.'}`;
}

function counted(failed: number, all: number): string {
	if (failed === all) return all === 1 ? 'Nothing was carried out.' : `None of the ${all} items was carried out.`;
	return `${failed} of ${all} items failed; what succeeded is kept, and a new run does not repeat it.`;
}

/** The items of both outputs. An agent sees the first output of a tool only, so there exceptions join it. */
export function outputs(results: Result[], items: INodeExecutionData[], isTool: boolean): INodeExecutionData[][] {
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
