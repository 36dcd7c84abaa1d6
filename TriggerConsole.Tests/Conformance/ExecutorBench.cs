using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using TriggerConsole.Core.Templates;
using TriggerConsole.Core.Triggers;
using TriggerConsole.Tests.Http;

namespace TriggerConsole.Tests.Conformance;

/// <summary>A message as it arrived.</summary>
/// <param name="Mark">What receivers can drop repeats by.</param>
internal sealed record Arrival(byte[] Body, string? Mark);

/// <summary>One kind as the product registers it, with its real counterpart: a web server, a broker.</summary>
internal abstract class ExecutorBench : IAsyncDisposable
{
    public abstract ITriggerKind Kind { get; }

    public virtual TestSecrets Secrets { get; } = new();

    public abstract ClosedList Codes { get; }

    /// <summary>Passes the event on as it came.</summary>
    public abstract TriggerSettings Plain { get; }

    /// <summary>Cannot be sent without <c>{payload.needed}</c>.</summary>
    public abstract TriggerSettings NeedingAValue { get; }

    /// <summary>The text in every place that takes placeholders.</summary>
    public abstract TriggerSettings Everywhere(string text);

    /// <summary>With a body made of a JSON template.</summary>
    public abstract TriggerSettings Json(string template);

    /// <summary>With another limit of the attempt.</summary>
    public abstract TriggerSettings Limited(TriggerSettings settings, double seconds);

    /// <summary>Properties of the recorded request that are known only when it is sent.</summary>
    public virtual IReadOnlyList<string> KnownWhenSent => [];

    /// <summary>Everything that has arrived, in its order, once there are so many.</summary>
    public abstract Task<IReadOnlyList<Arrival>> ArrivalsAsync(int count);

    /// <summary>The counterpart stays, takes connections, and says nothing any more.</summary>
    public abstract void FallSilent();

    /// <summary>The counterpart is gone, and the kind has had the time to notice.</summary>
    public abstract Task GoAwayAsync();

    public abstract ValueTask DisposeAsync();

    /// <summary>What kinds need besides themselves; they may call loopback.</summary>
    protected ServiceCollection NewServices()
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection([new("Egress:AllowedNetworks:0", "127.0.0.0/8")]).Build());
        services.AddSingleton(new TemplateRules(TemplateEnvironment.Empty, Secrets));
        return services;
    }
}
