"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.documentProperties = void 0;
const inputs_1 = require("../../runtime/inputs");
exports.documentProperties = [
    {
        displayName: 'Operation',
        name: 'operation',
        type: 'options',
        noDataExpression: true,
        options: [
            {
                name: 'Get',
                value: 'get',
                action: 'Get a document',
                description: 'One label, customs paper or manifest, ready for a printer',
            },
        ],
        displayOptions: { show: { resource: ['document'] } },
        default: 'get',
    },
    {
        displayName: 'Hash',
        name: 'hash',
        type: 'string',
        displayOptions: { show: { resource: ['document'], operation: ['get'] } },
        default: (0, inputs_1.fromItem)('hash'),
        required: true,
        description: 'What manifests and shipments call the document',
    },
    {
        displayName: 'Additional Fields',
        name: 'additionalFields',
        type: 'collection',
        displayOptions: { show: { resource: ['document'], operation: ['get'] } },
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
