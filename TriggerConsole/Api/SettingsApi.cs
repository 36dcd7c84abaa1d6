using Microsoft.AspNetCore.Http.HttpResults;
using TriggerConsole.Core.History;
using TriggerConsole.Core.Identity;

namespace TriggerConsole.Api;

internal static class SettingsApi
{
    public static RouteGroupBuilder MapSettings(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/settings").WithTags("Settings");
        group.RequireAuthorization(Permissions.ManageSettings);
        group.MapGet("/retention", GetRetentionAsync).WithSummary("How long history is kept, in days by outcome");
        group.MapPut("/retention", SetRetentionAsync).WithSummary("Change how long history is kept; what is left out stays");
        return group;
    }

    private static async Task<Ok<RetentionSettings>> GetRetentionAsync(RetentionCommands retention, CancellationToken cancellationToken)
        => TypedResults.Ok(await retention.GetAsync(cancellationToken));

    private static async Task<Results<Ok<RetentionSettings>, ProblemHttpResult>> SetRetentionAsync(
        RetentionInput input, RetentionCommands retention, HttpContext context, CancellationToken cancellationToken)
        => (await retention.SetAsync(input, cancellationToken)).ToOk(context);
}
