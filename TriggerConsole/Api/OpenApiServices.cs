using System.Reflection;
using System.Text.Json;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using TriggerConsole.Authentication;
using TriggerConsole.Core.Identity;

namespace TriggerConsole.Api;

/// <summary>The OpenAPI document at <c>/openapi/v1.json</c> and its page at <c>/swagger</c>.</summary>
internal static class OpenApiServices
{
    private const string KeyScheme = "ApiKey";

    public static IServiceCollection AddApiDocument(this IServiceCollection services) => services.AddOpenApi("v1", options =>
    {
        options.AddOperationTransformer(NameQueryAsync);
        options.AddDocumentTransformer(DescribeAsync);
        options.AddDocumentTransformer((document, _, _) =>
        {
            IngressDocument.Add(document);
            return Task.CompletedTask;
        });
    });

    public static void MapApiDocument(this WebApplication app)
    {
        app.MapOpenApi().RequireAuthorization(Permissions.Read);
        // The page's files are no endpoints, so the rule that everything needs sign-in is kept here
        app.UseWhen(context => context.Request.Path.StartsWithSegments("/swagger"), branch =>
        {
            branch.Use(async (context, next) =>
            {
                if (context.User.Identity?.IsAuthenticated == true) await next(context);
                else context.Response.Redirect("/sign-in?returnUrl=/swagger");
            });
            branch.UseSwaggerUI(options =>
            {
                options.SwaggerEndpoint("/openapi/v1.json", "TriggerConsole");
                options.DocumentTitle = "API – TriggerConsole";
            });
        });
    }

    /// <summary>Query parameters as the guide writes them, and lists as what may be left out: the generated code takes a missing one for an empty one.</summary>
    private static Task NameQueryAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        foreach (var parameter in (operation.Parameters ?? []).OfType<OpenApiParameter>().Where(p => p.In == ParameterLocation.Query))
        {
            parameter.Name = JsonNamingPolicy.CamelCase.ConvertName(parameter.Name!);
            if (parameter.Schema?.Type?.HasFlag(JsonSchemaType.Array) == true) parameter.Required = false;
        }
        return Task.CompletedTask;
    }

    private static Task DescribeAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Info = new()
        {
            Title = "TriggerConsole",
            Version = Assembly.GetExecutingAssembly().GetName().Version?.ToString(3),
            Description = "Send an API key as header X-Api-Key, or as bearer token. Errors are problems (RFC 9457) with a stable type; validation lists every fault by field.",
        };
        document.Components ??= new();
        document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>();
        document.Components.SecuritySchemes[KeyScheme] = new OpenApiSecurityScheme { Type = SecuritySchemeType.ApiKey, In = ParameterLocation.Header, Name = ApiKeyAuthentication.HeaderName };
        document.Security = [new() { [new OpenApiSecuritySchemeReference(KeyScheme, document)] = [] }];
        return Task.CompletedTask;
    }
}
