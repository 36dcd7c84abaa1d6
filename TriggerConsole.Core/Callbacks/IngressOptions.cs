using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace TriggerConsole.Core.Callbacks;

/// <summary>What callbacks take.</summary>
public sealed class IngressOptions
{
    public const string SectionName = "Ingress";

    /// <summary>Largest body of a callback that sets no limit of its own, in bytes. Default: 1 MB.</summary>
    [Range(0, MaxBodyBytesLimit)] public int MaxBodyBytes { get; set; } = 1 << 20;

    /// <summary>The most that a callback may set. </summary>
    public const int MaxBodyBytesLimit = 64 << 20;

    /// <summary>Bytes of bodies that may be on the way in at the same time; beyond, senders are told to come back (503). Default: 128 MB.</summary>
    [Range(1 << 20, 1L << 34)] public long MaxBytesInFlight { get; set; } = 128L << 20;

    /// <summary>Refused requests that are recorded per second; the rest is only counted. Default: 50.</summary>
    [Range(0, 10_000)] public int RejectionsPerSecond { get; set; } = 50;

    /// <summary>How long the token before a rotation still works. Default: one day.</summary>
    public TimeSpan TokenOverlap { get; set; } = TimeSpan.FromDays(1);
}

[OptionsValidator]
internal sealed partial class IngressOptionsValidator : IValidateOptions<IngressOptions>;
