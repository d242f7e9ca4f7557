"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.batchProperties = void 0;
exports.batchProperties = [
    {
        displayName: 'Operation',
        name: 'operation',
        type: 'options',
        noDataExpression: true,
        options: [
            {
                name: 'Run',
                value: 'run',
                action: 'Prepare a batch of orders together',
                description: 'Check counts per location, plan parcels and buy labels for many orders at once, express first. What fails becomes an exception of its order; the rest goes on.',
            },
        ],
        displayOptions: { show: { resource: ['batch'] } },
        default: 'run',
    },
    {
        displayName: 'Order IDs',
        name: 'order_ids',
        type: 'json',
        displayOptions: { show: { resource: ['batch'], operation: ['run'] } },
        default: '',
        required: true,
        description: 'The orders of the batch, at most 200, as a list of IDs',
    },
    {
        displayName: 'Additional Fields',
        name: 'additionalFields',
        type: 'collection',
        displayOptions: { show: { resource: ['batch'], operation: ['run'] } },
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
            {
                displayName: 'Timeout Seconds',
                name: 'timeout_seconds',
                type: 'number',
                default: 10,
                description: 'How long one task may take',
            },
            {
                displayName: 'Workers',
                name: 'workers',
                type: 'number',
                default: 5,
                description: 'How many tasks are done at once',
            },
        ],
        default: {},
    },
];
