using System.Text.Json.Nodes;
using Microsoft.OpenApi;
using TriggerConsole.Ingress;

namespace TriggerConsole.Api;

/// <summary>Describes the ingress in the OpenAPI document by hand: it takes any method and any body, and does its own checks.</summary>
internal static class IngressDocument
{
    public static void Add(OpenApiDocument document)
    {
        document.Paths.Add("/api/trigger/{callbackId}", Path("callbackId", "Id of the callback"));
        document.Paths.Add("/api/trigger/custom/{path}", Path("path", "Custom path of the callback; may hold slashes"));
    }

    private static OpenApiPathItem Path(string parameter, string description) => new()
    {
        Operations = new()
        {
            [HttpMethod.Post] = new OpenApiOperation
            {
                Tags = new HashSet<OpenApiTagReference> { new("Ingress") },
                Summary = "Send an event to a callback (any method the callback allows, any body)",
                Security = [],
                Parameters =
                [
                    new OpenApiParameter { Name = parameter, In = ParameterLocation.Path, Required = true, Description = description, Schema = Text() },
                    new OpenApiParameter { Name = IngressEndpoint.TokenHeader, In = ParameterLocation.Header, Description = "Token of the callback; or as bearer token, or as ?token=…", Schema = Text() },
                    new OpenApiParameter { Name = "Idempotency-Key", In = ParameterLocation.Header, Description = "The same key twice runs once", Schema = Text() },
                ],
                RequestBody = new OpenApiRequestBody { Content = new Dictionary<string, OpenApiMediaType> { ["application/json"] = new OpenApiMediaType { Example = JsonNode.Parse("""{"order":{"id":42}}""") } } },
                Responses = new()
                {
                    ["202"] = new OpenApiResponse { Description = "Stored durably: {success, eventId, callbackId, executions:[{id, triggerId, kind}], message}" },
                    ["401"] = new OpenApiResponse { Description = "Token missing or wrong" },
                    ["403"] = new OpenApiResponse { Description = "Callback switched off" },
                    ["404"] = new OpenApiResponse { Description = "No callback has this address" },
                    ["405"] = new OpenApiResponse { Description = "Method not allowed by the callback" },
                    ["413"] = new OpenApiResponse { Description = "Body too large" },
                    ["422"] = new OpenApiResponse { Description = "Idempotency-Key used before with another body" },
                    ["503"] = new OpenApiResponse { Description = "Cannot be stored right now; try again after Retry-After" },
                },
            },
        },
    };

    private static OpenApiSchema Text() => new() { Type = JsonSchemaType.String };
}
