// Made by `python -m nodes.n8n_package --write` from the declared nodes; edits are overwritten.
import type {
	IAuthenticateGeneric,
	Icon,
	ICredentialTestRequest,
	ICredentialType,
	INodeProperties,
} from 'n8n-workflow';

/** One tenant of one connector: the key alone says which tenant, so a workflow never does. */
export class DocklineApi implements ICredentialType {
	name = 'docklineApi';

	displayName = 'Dockline API';

	icon: Icon = { light: 'file:../icons/dockline.svg', dark: 'file:../icons/dockline.dark.svg' };

	documentationUrl = 'https://dockline.example/docs/n8n';

	properties: INodeProperties[] = [
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			default: 'http://127.0.0.1:8642',
			description: 'Where the connector listens, without a path',
			required: true,
		},
		{
			displayName: 'API Key',
			name: 'apiKey',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			description: 'A key of the tenant these workflows work for',
			required: true,
		},
	];

	authenticate: IAuthenticateGeneric = { type: 'generic', properties: { headers: { Authorization: '=Bearer {{$credentials.apiKey}}' } } };

	test: ICredentialTestRequest = { request: { baseURL: '={{$credentials.baseUrl}}', url: '/v1/tenant' } };
}
