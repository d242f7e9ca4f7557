import type { IDataObject, IExecuteFunctions, INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { ask, refusal, type Problem } from './connector';
import { inputReader, parametersOf, type Input } from './inputs';
import { outputs, refuseFailures, type Result } from './results';

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
	const results = inputs.map((input) => ('problem' in input ? failed(input.problem) : undefined));
	const readable = inputs.flatMap((input, index) => ('fields' in input ? [{ index, fields: input.fields }] : []));
	for (let start = 0; start < readable.length; start += ITEMS_PER_CALL) {
		const batch = readable.slice(start, start + ITEMS_PER_CALL);
		const answers = await callOperation(context, operation, batch.map(({ fields }) => fields));
		batch.forEach(({ index }, position) => (results[index] = answers[position]));
	}
	return results as Result[];
}

/** The connector answers one result per item, in the same order. A call that fails as a whole fails each of its items. */
async function callOperation(context: IExecuteFunctions, operation: string, items: IDataObject[]): Promise<Result[]> {
	const answer = await ask(context, 'POST', `nodes/${operation}`, [200], { items });
	if ('problem' in answer) return items.map(() => failed(answer.problem));
	const { results } = (answer.body ?? {}) as { results?: Result[] };
	return results?.length === items.length ? results : items.map(() => failed(refusal(answer.status, answer.body)));
}

function failed(error: Problem): Result {
	return { status: 'failed', error };
}
