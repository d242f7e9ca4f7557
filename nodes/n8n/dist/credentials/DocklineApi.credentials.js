"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.DocklineApi = void 0;
/** One tenant of one connector: the key alone says which tenant, so a workflow never does. */
class DocklineApi {
    name = 'docklineApi';
    displayName = 'Dockline API';
    icon = { light: 'file:../icons/dockline.svg', dark: 'file:../icons/dockline.dark.svg' };
    documentationUrl = 'https://dockline.example/docs/n8n';
    properties = [
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
    authenticate = { type: 'generic', properties: { headers: { Authorization: '=Bearer {{$credentials.apiKey}}' } } };
    test = { request: { baseURL: '={{$credentials.baseUrl}}', url: '/v1/tenant' } };
}
exports.DocklineApi = DocklineApi;
