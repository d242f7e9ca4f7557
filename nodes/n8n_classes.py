"""The TypeScript classes that n8n loads: a description, and methods that hand over to the package's runtime."""

from collections.abc import Sequence
from string import Template

from nodes.n8n_descriptions import CREDENTIAL, NODE, TRIGGER
from nodes.n8n_properties import resource_parameter
from nodes.typescript import Code, Value, literal

HEAD = "// Made by `python -m nodes.n8n_package --write` from the declared nodes; edits are overwritten.\n"

CREDENTIAL_CLASS = Template("""\
import type {
	IAuthenticateGeneric,
	Icon,
	ICredentialTestRequest,
	ICredentialType,
	INodeProperties,
} from 'n8n-workflow';

/** One tenant of one connector: the key alone says which tenant, so a workflow never does. */
export class DocklineApi implements ICredentialType {
	name = $name;

	displayName = $displayName;

	icon: Icon = $icon;

	documentationUrl = $documentationUrl;

	properties: INodeProperties[] = $properties;

	authenticate: IAuthenticateGeneric = $authenticate;

	test: ICredentialTestRequest = $test;
}
""")

NODE_CLASS = Template("""\
import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeProperties,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';
import { runOperation } from '../runtime/operation';
$imports
const properties: INodeProperties[] = $properties;

/** Every operation of the connector. All incoming items go out in one call, or in a few of 500. */
export class Dockline implements INodeType {
	description: INodeTypeDescription = $description;

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await runOperation(this, properties);
	}
}
""")

TRIGGER_CLASS = Template("""\
import {
	NodeConnectionTypes,
	type IHookFunctions,
	type INodePropertyOptions,
	type INodeType,
	type INodeTypeDescription,
	type IWebhookFunctions,
	type IWebhookResponseData,
} from 'n8n-workflow';
import { receive } from '../runtime/delivery';
import { subscribe, subscriptionExists, unsubscribe } from '../runtime/subscription';

const eventTypes: INodePropertyOptions[] = $eventTypes;

/** Starts a workflow with the events of the connector, up to a batch per run. */
export class DocklineTrigger implements INodeType {
	description: INodeTypeDescription = $description;

	webhookMethods = {
		default: {
			async checkExists(this: IHookFunctions): Promise<boolean> {
				return await subscriptionExists(this);
			},
			async create(this: IHookFunctions): Promise<boolean> {
				return await subscribe(this);
			},
			async delete(this: IHookFunctions): Promise<boolean> {
				return await unsubscribe(this);
			},
		},
	};

	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		return receive(this);
	}
}
""")


def credential_class() -> str:
    """The credential of one tenant."""
    return HEAD + CREDENTIAL_CLASS.substitute({name: literal(value, depth=1) for name, value in CREDENTIAL.items()})


def node_class(resources: Sequence[str]) -> str:
    """The node *Dockline*; the operations of each resource are in a file of their own."""
    properties: list[Value] = [resource_parameter(resources), *(Code(f"...{constant(name)}") for name in resources)]
    imports = [f"import {{ {constant(name)} }} from './resources/{name}.generated';\n" for name in resources]
    return HEAD + NODE_CLASS.substitute(
        imports="".join(imports), properties=literal(properties), description=literal(NODE, depth=1)
    )


def trigger_class(event_types: Sequence[Value]) -> str:
    """The node *Dockline Trigger*, with the types of event to choose from."""
    return HEAD + TRIGGER_CLASS.substitute(eventTypes=literal(event_types), description=literal(TRIGGER, depth=1))


def resource_file(resource: str, properties: Value) -> str:
    """The operations of one resource, and what each asks for."""
    written = literal(properties)
    helper = "import { fromItem } from '../../runtime/inputs';\n" if "fromItem(" in written else ""
    imports = f"import type {{ INodeProperties }} from 'n8n-workflow';\n{helper}"
    return f"{HEAD}{imports}\nexport const {constant(resource)}: INodeProperties[] = {written};\n"


def constant(resource: str) -> str:
    """What the operations of a resource are called."""
    return f"{resource}Properties"
