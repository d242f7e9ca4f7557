"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.DocklineTrigger = void 0;
const n8n_workflow_1 = require("n8n-workflow");
const eventTypes_generated_1 = require("./eventTypes.generated");
const delivery_1 = require("./delivery");
const subscription_1 = require("./subscription");
/** Starts a workflow with the events of the connector, up to a batch per run. */
class DocklineTrigger {
    description = {
        displayName: 'Dockline Trigger',
        name: 'docklineTrigger',
        icon: { light: 'file:../../icons/dockline.svg', dark: 'file:../../icons/dockline.dark.svg' },
        group: ['trigger'],
        version: 1,
        subtitle: '={{ "Event types: " + $parameter["eventTypes"].length }}',
        description: 'Starts the workflow when something happened to an order, a shipment or an exception',
        defaults: { name: 'Dockline Trigger' },
        inputs: [],
        outputs: [n8n_workflow_1.NodeConnectionTypes.Main],
        credentials: [{ name: 'docklineApi', required: true }],
        webhooks: [{ name: 'default', httpMethod: 'POST', responseMode: 'onReceived', path: 'webhook' }],
        properties: [
            {
                displayName: 'Event Types',
                name: 'eventTypes',
                type: 'multiOptions',
                options: eventTypes_generated_1.eventTypes,
                default: [],
                required: true,
                description: 'What starts the workflow',
            },
            {
                displayName: 'Batch Size',
                name: 'batchSize',
                type: 'number',
                typeOptions: { minValue: 1, maxValue: 500 },
                default: 100,
                description: 'How many events one run of the workflow takes at most; each event is one item',
            },
            {
                displayName: 'An Event Is Handled',
                name: 'acknowledge',
                type: 'options',
                options: [
                    {
                        name: 'When a Node Moved Its Object On',
                        value: 'on_progress',
                        description: 'For workflows that do the work: what nobody moved on in time is delivered again',
                    },
                    {
                        name: 'When the Workflow Has Received It',
                        value: 'on_receipt',
                        description: 'For workflows that only listen: nothing is delivered again',
                    },
                ],
                default: 'on_progress',
            },
        ],
    };
    webhookMethods = {
        default: {
            async checkExists() {
                return await (0, subscription_1.subscriptionExists)(this);
            },
            async create() {
                return await (0, subscription_1.subscribe)(this);
            },
            async delete() {
                return await (0, subscription_1.unsubscribe)(this);
            },
        },
    };
    async webhook() {
        return (0, delivery_1.receive)(this);
    }
}
exports.DocklineTrigger = DocklineTrigger;
