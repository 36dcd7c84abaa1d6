using System.Globalization;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using TriggerConsole.Core.Identity;
using TriggerConsole.Core.Operations.Transfer;

namespace TriggerConsole.Api;

internal static class ConfigurationApi
{
    public static RouteGroupBuilder MapConfiguration(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/configuration").WithTags("Settings");
        group.RequireAuthorization(Permissions.TransferConfiguration);
        group.MapGet("/", ExportAsync).WithSummary("The whole configuration as one readable file, without secrets").Produces<ConfigurationFile>();
        group.MapPost("/", ImportAsync).WithSummary("Take a configuration over, whole or not at all; dryRun=true only tells what would change").Accepts<ConfigurationFile>("application/json");
        return group;
    }

    private static async Task<FileContentHttpResult> ExportAsync(ConfigurationExporter exporter, TimeProvider time, CancellationToken cancellationToken)
        => TypedResults.File(await exporter.ExportAsync(cancellationToken), "application/json",
            string.Create(CultureInfo.InvariantCulture, $"triggerconsole-{time.GetUtcNow():yyyyMMdd-HHmmss}.json"));

    private static async Task<Results<Ok<ImportReport>, ProblemHttpResult>> ImportAsync(bool? dryRun, ConfigurationImporter importer, HttpContext context, CancellationToken cancellationToken)
    {
        // One byte more than is taken, so that what is too large is told by its size and not by a broken end
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = ConfigurationReader.MaxBytes + 1;
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, cancellationToken);
        return (await importer.ImportAsync(body.GetBuffer().AsMemory(0, (int)body.Length), dryRun ?? false, isServing: true, cancellationToken)).ToOk(context);
    }
}
