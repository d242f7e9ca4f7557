"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.Dockline = void 0;
const n8n_workflow_1 = require("n8n-workflow");
const properties_generated_1 = require("./resources/properties.generated");
const runtime_1 = require("./runtime");
/** Every operation of the connector. All incoming items go out in one call, or in a few of 500. */
class Dockline {
    description = {
        displayName: 'Dockline',
        name: 'dockline',
        icon: { light: 'file:../../icons/dockline.svg', dark: 'file:../../icons/dockline.dark.svg' },
        group: ['transform'],
        version: 1,
        subtitle: '={{ $parameter["resource"] + ": " + $parameter["operation"].replaceAll("_", " ") }}',
        description: 'Take orders from received to delivered: validate, allocate, release, ship, and handle exceptions',
        defaults: { name: 'Dockline' },
        usableAsTool: true,
        inputs: [n8n_workflow_1.NodeConnectionTypes.Main],
        outputs: [n8n_workflow_1.NodeConnectionTypes.Main, n8n_workflow_1.NodeConnectionTypes.Main],
        outputNames: ['Done', 'Exception'],
        credentials: [{ name: 'docklineApi', required: true }],
        properties: properties_generated_1.properties,
    };
    async execute() {
        return await (0, runtime_1.runOperation)(this, properties_generated_1.properties);
    }
}
exports.Dockline = Dockline;
