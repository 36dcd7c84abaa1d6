using Microsoft.AspNetCore.Http.HttpResults;
using TriggerConsole.Core.Identity;
using TriggerConsole.Core.Limits;
using TriggerConsole.Limits;

namespace TriggerConsole.Api;

/// <summary>One policy in force.</summary>
/// <param name="Policy">As the headers name it.</param>
/// <param name="By">What is counted together: <c>address</c>, <c>callback</c>, <c>key</c> or <c>user</c>.</param>
/// <param name="Permits">Requests in any window; 0 for any number.</param>
/// <param name="Burst">Of these, how many within one second; 0 for any number.</param>
/// <param name="RefusedLastHour">Refused on this node in the last 60 minutes.</param>
/// <param name="RefusedSinceStart">Refused since this node has started.</param>
internal sealed record LimitResponse(string Policy, string By, int Permits, int WindowSeconds, int Burst, long RefusedLastHour, long RefusedSinceStart);

/// <summary>An address that was refused within the last hour.</summary>
/// <param name="Address">The address, or the network for IPv6.</param>
internal sealed record RefusedAddressResponse(string Address, string Policy, long Refused, DateTimeOffset FirstAt, DateTimeOffset LastAt);

/// <summary>What is inside at this moment, and what was shed.</summary>
/// <param name="Kind"><c>ingress</c>, <c>api</c>, <c>pages</c>, <c>echo</c> or <c>sign-ins</c>.</param>
/// <param name="Shed">Turned away since this node has started.</param>
internal sealed record LoadResponse(string Kind, int Inside, int Most, long Shed);

/// <param name="Enabled">Whether requests are counted; failed sign-ins are in any case.</param>
/// <param name="Callers">Callers that are remembered.</param>
/// <param name="ShedPercent">Share of events and API calls that is shed because work waits too long.</param>
/// <param name="DelayMs">How long work waited for a thread, at the last look.</param>
internal sealed record LimitsResponse(
    bool Enabled, int Callers, IReadOnlyList<LimitResponse> Policies, IReadOnlyList<RefusedAddressResponse> Addresses, IReadOnlyList<RefusedCallback> Callbacks,
    IReadOnlyList<LoadResponse> Load, int ShedPercent, double DelayMs);

internal static class LimitsApi
{
    public static void MapLimits(this IEndpointRouteBuilder routes)
        => routes.MapGet("/api/limits", Get).RequireAuthorization(Permissions.ManageSettings).WithTags("Settings").WithSummary("Limits in force, and who was refused in the last hour");

    private static Ok<LimitsResponse> Get(LimitsView view) => TypedResults.Ok(view.Read());
}
