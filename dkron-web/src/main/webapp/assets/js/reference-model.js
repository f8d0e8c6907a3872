// What the API's description says, in the order to read it.

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];
const GROUPS = [
    ['executions', /\/executions|\/v1\/busy$|\/cancel$/],
    ['jobs', /^\/v1\/(jobs|upcoming|restore)/],
    ['cluster', /^\/v1\/(members|leader|isleader|leave|raft|store|pause|unpause|executors|processors)/],
    ['node', /./],
];
const ORDER = ['jobs', 'executions', 'cluster', 'node'];

/** A schema's type in words, with the name of the schema that it refers to, if it does: {text, ref}. */
export function typeOf(schema = {}) {
    if (schema.$ref) {
        const name = schema.$ref.split('/').at(-1);
        return { text: name, ref: name };
    }
    if (schema.type === 'array') {
        const item = typeOf(schema.items);
        return { text: `${item.text}[]`, ref: item.ref };
    }
    if (schema.additionalProperties && Object.keys(schema.properties ?? {}).length === 0) {
        const value = typeOf(schema.additionalProperties);
        return { text: `{ name: ${value.text} }`, ref: value.ref };
    }
    return { text: schema.format ?? schema.type ?? 'any', ref: null };
}

/** The fields of a schema, those of objects within it behind a dot: [{name, type, values, description, readOnly}]. */
export function fieldsOf(schema = {}, prefix = '') {
    const whole = schema.type === 'array' && !schema.items?.$ref ? schema.items : schema;
    return Object.entries(whole?.properties ?? {}).flatMap(([key, field]) => {
        const inner = field.$ref ? [] : fieldsOf(field, `${prefix}${key}${field.type === 'array' ? '[]' : ''}.`);
        return [{
            name: prefix + key, type: typeOf(field), values: field.enum ?? field.items?.enum ?? [],
            description: field.description ?? '', readOnly: field.readOnly === true,
        }, ...inner];
    });
}

/** What can be asked, in groups: [{name, operations}]; an operation is {id, method, path, summary, description, parameters, body, answers}. */
export function groupsOf(description) {
    const groups = new Map(ORDER.map((name) => [name, []]));
    for (const [path, item] of Object.entries(description.paths)) {
        const name = GROUPS.find(([, paths]) => paths.test(path))[0];
        for (const method of METHODS.filter((each) => item[each])) {
            groups.get(name).push(operation(method, path, item[method]));
        }
    }
    return [...groups].map(([name, operations]) => ({ name, operations })).filter(({ operations }) => operations.length > 0);
}

function operation(method, path, said) {
    return {
        id: said.operationId, method: method.toUpperCase(), path, summary: said.summary ?? '', description: said.description ?? '',
        parameters: (said.parameters ?? []).map((parameter) => ({
            name: parameter.name, where: parameter.in, required: parameter.required === true, type: typeOf(parameter.schema),
            values: parameter.schema?.enum ?? [], description: parameter.description ?? '',
        })),
        body: said.requestBody ? { ...content(said.requestBody), required: said.requestBody.required === true } : null,
        answers: Object.entries(said.responses ?? {}).map(([status, answer]) => ({
            status, ...content(answer), headers: Object.keys(answer.headers ?? {}),
        })),
    };
}

function content(holder) {
    const kinds = Object.entries(holder.content ?? {});
    const schema = kinds[0]?.[1].schema;
    return {
        description: holder.description ?? '', kinds: kinds.map(([kind]) => kind),
        type: schema ? typeOf(schema) : null, fields: schema && !schema.$ref ? fieldsOf(schema) : [],
    };
}

/** Whether each of the words stands in an operation's method, path or summary. */
export function matches({ method, path, summary }, query) {
    const text = `${method} ${path} ${summary}`.toLowerCase();
    return query.toLowerCase().split(/\s+/).every((word) => text.includes(word));
}
