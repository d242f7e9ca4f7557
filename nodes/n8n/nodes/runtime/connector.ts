import {
	NodeApiError,
	type IDataObject,
	type IExecuteFunctions,
	type IHookFunctions,
	type IHttpRequestMethods,
	type JsonObject,
} from 'n8n-workflow';

const WAIT_MS = 120_000;
const MAY_PASS = [408, 425, 429];

/** Why something was not carried out, and whether the same call can succeed later. */
export interface Problem {
	title: string;
	detail: string;
	pointer: string | null;
	retryable: boolean;
	status: number | null;
}

/** What the connector answered, or why that is no use. */
export type Answer = { status: number; body: unknown } | { problem: Problem };

type Context = IExecuteFunctions | IHookFunctions;

/** Calls the connector of the node's credential; an answer with a status that is not expected is a problem. */
export async function ask(
	context: Context,
	method: IHttpRequestMethods,
	path: string,
	expected: number[],
	body?: IDataObject,
): Promise<Answer> {
	const { baseUrl } = await context.getCredentials<{ baseUrl: string }>('docklineApi');
	let answer: { statusCode: number; body: unknown };
	try {
		answer = await context.helpers.httpRequestWithAuthentication.call(context, 'docklineApi', {
			method,
			url: `${baseUrl.replace(/\/+$/, '')}/v1/${path}`,
			json: true,
			timeout: WAIT_MS,
			returnFullResponse: true,
			ignoreHttpStatusErrors: true,
			...(body && { body }),
		});
	} catch (error) {
		return { problem: unreachable(baseUrl, error as Error) };
	}
	const { statusCode: status, body: said } = answer;
	return expected.includes(status) ? { status, body: said } : { problem: refusal(status, said) };
}

function unreachable(baseUrl: string, error: Error): Problem {
	const detail = `No answer from ${baseUrl}: ${error.message}`;
	return { title: 'The Dockline connector did not answer', detail, pointer: null, retryable: true, status: null };
}

/** Why an answer is no use: the connector says it as problem JSON, a proxy in between may say anything. */
export function refusal(status: number, body: unknown): Problem {
	const said = (typeof body === 'object' && body !== null ? body : {}) as { title?: string; detail?: string };
	return {
		title: said.title ?? `The Dockline connector answered with HTTP ${status} and nothing that can be used`,
		detail: said.detail ?? `It said: ${(typeof body === 'string' ? body : JSON.stringify(body) ?? '').slice(0, 300)}`,
		pointer: null,
		retryable: status >= 500 || MAY_PASS.includes(status),
		status,
	};
}

/** What n8n shows of a problem, and of the item that has it. */
export function errorOf(context: Context, problem: Problem, description: string, itemIndex?: number): NodeApiError {
	return new NodeApiError(context.getNode(), { ...problem } as unknown as JsonObject, {
		message: problem.title,
		description,
		itemIndex,
		...(problem.status && { httpCode: String(problem.status) }),
		...(problem.retryable && { failure: { cause: 'temporarily-unavailable' as const } }),
	});
}
