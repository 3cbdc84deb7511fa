import { Type } from 'typebox';
import type { App } from '../../../http/app-type.ts';
import { IdParams, nullable, Text } from '../../../http/schemas.ts';
import { cloudOf, needs } from '../../http/guard.ts';
import { findRegion } from '../regions/regions.ts';
import { Instance, instanceAnswer, StackV1, stackV1Answer } from './instance-answer.routes.ts';
import {
  changeStack,
  createStack,
  deleteStack,
  requireStack,
  restoreStack,
  resumeStack,
  stacksOf,
  suspendStack,
} from './stacks.ts';

// What is missing or wrong in it, the rule says in grafana.com's words.
const Changes = Type.Object({
  name: Type.Optional(Text(190)),
  slug: Type.Optional(Text()),
  url: Type.Optional(nullable(Text())),
  description: Type.Optional(nullable(Text(2000))),
  labels: Type.Optional(nullable(Type.Record(Type.String(), Text()))),
  deleteProtection: Type.Optional(nullable(Type.Boolean())),
});
const NewStack = Type.Object({ ...Changes.properties, region: Type.Optional(Text()) });

const Params = Type.Object({ stack: Type.String() });
const Items = Type.Object({ items: Type.Array(Instance) });
const Url = Type.Optional(Type.String());

export function stacksRoutes(app: App): void {
  app.get(
    '/api/instances',
    {
      config: needs('stacks:read'),
      schema: {
        querystring: Type.Object({
          deleted: Type.Optional(
            Type.Boolean({ description: 'Those that can be restored, instead of those that are there' }),
          ),
        }),
        response: { 200: Items },
      },
    },
    async (request) => {
      const context = cloudOf(request);
      const stacks = await stacksOf(context, { isDeleted: request.query.deleted });
      return { items: stacks.map((stack) => instanceAnswer(context, context.caller.org, stack)) };
    },
  );

  app.get(
    '/api/orgs/:org/instances',
    {
      config: needs('stacks:read'),
      schema: { params: Type.Object({ org: Type.String() }), response: { 200: Items } },
    },
    async (request) => {
      const context = cloudOf(request);
      const { org } = context.caller;
      const isOwn = [org.slug, String(org.id)].includes(request.params.org);
      const stacks = isOwn ? await stacksOf(context) : [];
      return { items: stacks.map((stack) => instanceAnswer(context, org, stack)) };
    },
  );

  app.get(
    '/api/instances/:stack',
    { config: needs('stacks:read'), schema: { params: Params, response: { 200: Instance } } },
    async (request) => {
      const context = cloudOf(request);
      return instanceAnswer(context, context.caller.org, await requireStack(context, request.params.stack));
    },
  );

  app.post(
    '/api/instances',
    {
      config: { ...needs('stacks:write'), mayAnswer: [409] },
      schema: { body: NewStack, response: { 200: Instance } },
    },
    async (request) => {
      const context = cloudOf(request);
      return instanceAnswer(context, context.caller.org, await createStack(context, request.body));
    },
  );

  app.post(
    '/api/instances/:stack',
    {
      config: { ...needs('stacks:write'), mayAnswer: [409] },
      schema: { params: Params, body: Changes, response: { 200: Instance } },
    },
    async (request) => {
      const context = cloudOf(request);
      const stack = await changeStack(context, request.params.stack, request.body);
      return instanceAnswer(context, context.caller.org, stack);
    },
  );

  app.delete(
    '/api/instances/:stack',
    {
      config: { ...needs('stacks:delete'), mayAnswer: [409] },
      schema: { params: Params, response: { 200: Instance } },
    },
    async (request) => {
      const context = cloudOf(request);
      return instanceAnswer(context, context.caller.org, await deleteStack(context, request.params.stack));
    },
  );

  app.post(
    '/api/instances/:stack/suspend',
    {
      config: needs('stacks:write'),
      schema: {
        summary: 'Let nobody into a stack any more, and keep all it has',
        params: Params,
        response: { 200: Instance },
      },
    },
    async (request) => {
      const context = cloudOf(request);
      return instanceAnswer(context, context.caller.org, await suspendStack(context, request.params.stack));
    },
  );

  app.post(
    '/api/instances/:stack/resume',
    {
      config: needs('stacks:write'),
      schema: {
        summary: 'Let people into a suspended stack again',
        params: Params,
        response: { 200: Instance },
      },
    },
    async (request) => {
      const context = cloudOf(request);
      return instanceAnswer(context, context.caller.org, await resumeStack(context, request.params.stack));
    },
  );

  app.post(
    '/api/instances/:id/restore',
    {
      config: { ...needs('stacks:write'), mayAnswer: [409] },
      schema: {
        summary: 'Bring back a deleted stack while its data is kept',
        params: IdParams,
        response: { 200: Instance },
      },
    },
    async (request) => {
      const context = cloudOf(request);
      return instanceAnswer(context, context.caller.org, await restoreStack(context, request.params.id));
    },
  );

  app.get(
    '/api/instances/:stack/connections',
    {
      config: needs('stacks:read'),
      schema: {
        params: Params,
        response: {
          200: Type.Object({
            privateConnectivityInfo: Type.Object({ tenants: Type.Array(Type.Object({})) }),
            influxUrl: Url,
            otlpHttpUrl: Url,
            oncallApiUrl: Url,
          }),
        },
      },
    },
    async (request) => {
      const { influx, otlp, oncall } = await addressesOf(request);
      return {
        privateConnectivityInfo: { tenants: [] },
        ...(influx && { influxUrl: influx }),
        ...(otlp && { otlpHttpUrl: otlp }),
        ...(oncall && { oncallApiUrl: oncall }),
      };
    },
  );

  app.get(
    '/api/v1/stacks',
    {
      config: needs('stacks:read'),
      schema: { response: { 200: Type.Object({ items: Type.Array(StackV1) }) } },
    },
    async (request) => {
      const context = cloudOf(request);
      const stacks = await stacksOf(context);
      return { items: stacks.map((stack) => stackV1Answer(context, context.caller.org, stack)) };
    },
  );

  app.post(
    '/api/v1/stacks',
    {
      config: { ...needs('stacks:write'), mayAnswer: [409] },
      schema: { body: NewStack, response: { 200: StackV1 } },
    },
    async (request) => {
      const context = cloudOf(request);
      // Grafana: the newer form protects a stack unless it is told not to.
      const stack = await createStack(context, {
        ...request.body,
        deleteProtection: request.body.deleteProtection ?? true,
      });
      return stackV1Answer(context, context.caller.org, stack);
    },
  );

  app.get(
    '/api/v1/stacks/:stack',
    { config: needs('stacks:read'), schema: { params: Params, response: { 200: StackV1 } } },
    async (request) => {
      const context = cloudOf(request);
      return stackV1Answer(context, context.caller.org, await requireStack(context, request.params.stack));
    },
  );

  app.post(
    '/api/v1/stacks/:stack',
    {
      config: { ...needs('stacks:write'), mayAnswer: [409] },
      schema: { params: Params, body: Changes, response: { 200: StackV1 } },
    },
    async (request) => {
      const context = cloudOf(request);
      const stack = await changeStack(context, request.params.stack, request.body);
      return stackV1Answer(context, context.caller.org, stack);
    },
  );

  app.delete(
    '/api/v1/stacks/:stack',
    {
      config: { ...needs('stacks:delete'), mayAnswer: [409] },
      schema: { params: Params, response: { 200: StackV1 } },
    },
    async (request) => {
      const context = cloudOf(request);
      return stackV1Answer(context, context.caller.org, await deleteStack(context, request.params.stack));
    },
  );

  app.get(
    '/api/v1/stacks/:stack/readiness',
    {
      config: needs('stacks:read'),
      schema: { params: Params, response: { 200: Type.Object({ ready: Type.Boolean() }) } },
    },
    async (request) => {
      const context = cloudOf(request);
      const stack = await requireStack(context, request.params.stack);
      if (stack.suspended_at !== null) return { ready: false };
      await context.stacks.open(stack);
      return { ready: true };
    },
  );

  app.get(
    '/api/v1/stacks/:stack/connections',
    {
      config: needs('stacks:read'),
      schema: {
        params: Params,
        response: {
          200: Type.Object({
            tenants: Type.Array(Type.Object({})),
            services: Type.Object({ oncallApiUrl: Url, influxUrl: Url }),
            otlp: Type.Optional(Type.Object({ url: Type.String() })),
          }),
        },
      },
    },
    async (request) => {
      const { influx, otlp, oncall } = await addressesOf(request);
      return {
        tenants: [],
        services: { ...(oncall && { oncallApiUrl: oncall }), ...(influx && { influxUrl: influx }) },
        ...(otlp && { otlp: { url: otlp } }),
      };
    },
  );
}

async function addressesOf(request: Parameters<typeof cloudOf>[0] & { params: { stack: string } }) {
  const context = cloudOf(request);
  const { region } = await requireStack(context, request.params.stack);
  return findRegion(context.config, region)?.urls ?? { influx: '', otlp: '', oncall: '' };
}
