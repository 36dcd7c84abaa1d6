using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace TriggerConsole.Core.Limits;

/// <summary>What the server takes on at the same time. Beyond, callers are told to come back (503), before anything was accepted.</summary>
public sealed class LoadSheddingOptions
{
    public const string SectionName = "LoadShedding";

    /// <summary>Events on their way in at the same time. Default: 2,000.</summary>
    [Range(1, 1_000_000)] public int MaxIngress { get; set; } = 2_000;

    /// <summary>Requests to the API at the same time, waiting ones included. Default: 512.</summary>
    [Range(1, 1_000_000)] public int MaxApi { get; set; } = 512;

    /// <summary>Requests for pages at the same time. Default: 1,024.</summary>
    [Range(1, 1_000_000)] public int MaxPages { get; set; } = 1_024;

    /// <summary>Requests to the echo endpoint at the same time. Default: 1,024.</summary>
    [Range(1, 1_000_000)] public int MaxEcho { get; set; } = 1_024;

    /// <summary>Sign-ins that are looked at at the same time; each costs a tenth of a second of a processor. 0 for as many as there are processors. Default: 0.</summary>
    [Range(0, 1_000)] public int MaxSignIns { get; set; }

    /// <summary>Sign-ins that may wait for that. Default: 64.</summary>
    [Range(0, 10_000)] public int MaxWaitingSignIns { get; set; } = 64;

    /// <summary>How much of each of these one address may take, in percent. Default: 50.</summary>
    [Range(1, 100)] public int MaxSharePerAddress { get; set; } = 50;

    /// <summary>When requests wait longer than this for a thread, events and API calls are shed until it is better. Default: half a second.</summary>
    public TimeSpan MaxDelay { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Open connections. Default: 10,000.</summary>
    [Range(1, 10_000_000)] public int MaxConnections { get; set; } = 10_000;

    /// <summary>Open connections of one address; trusted proxies have no such limit. Default: 2,500.</summary>
    [Range(1, 10_000_000)] public int MaxConnectionsPerAddress { get; set; } = 2_500;

    /// <summary>Open WebSockets, those of pages and of the hub. Default: 5,000.</summary>
    [Range(1, 10_000_000)] public int MaxWebSockets { get; set; } = 5_000;
}

[OptionsValidator]
internal sealed partial class LoadSheddingOptionsValidator : IValidateOptions<LoadSheddingOptions>;

internal sealed class LoadSheddingRules : IValidateOptions<LoadSheddingOptions>
{
    public ValidateOptionsResult Validate(string? name, LoadSheddingOptions options)
        => options.MaxDelay < TimeSpan.FromMilliseconds(10) || options.MaxDelay > TimeSpan.FromMinutes(1)
            ? ValidateOptionsResult.Fail($"{LoadSheddingOptions.SectionName}:{nameof(options.MaxDelay)} ({options.MaxDelay}) must be from 00:00:00.010 to 00:01:00.")
            : ValidateOptionsResult.Success;
}
