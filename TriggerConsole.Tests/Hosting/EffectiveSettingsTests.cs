using TriggerConsole.Core.Egress;
using TriggerConsole.Core.Executions;
using TriggerConsole.Hosting;
using Xunit;

namespace TriggerConsole.Tests.Hosting;

public sealed class EffectiveSettingsTests
{
    [Fact]
    public void Of_Defaults_NothingIsMarked() => Assert.All(EffectiveSettings.Of("Execution", new ExecutionOptions()), s => Assert.False(s.IsChanged, s.Key));

    [Fact]
    public void Of_NestedChange_IsMarkedByItsWholeKey()
    {
        var options = new ExecutionOptions();
        options.CircuitBreaker.FailureRatio = 0.25;
        Assert.Equal([new EffectiveSetting("Execution:CircuitBreaker:FailureRatio", "0.25", true)], EffectiveSettings.Of("Execution", options).Where(s => s.IsChanged));
    }

    [Fact]
    public void Of_Lists_AreJoinedOrNone()
    {
        Assert.Equal("none", EffectiveSettings.Of("Egress", new EgressOptions()).Single(s => s.Key.EndsWith("AllowedNetworks", StringComparison.Ordinal)).Value);
        Assert.Equal("10.0.0.0/8, ::1", EffectiveSettings.Of("Egress", new EgressOptions { AllowedNetworks = ["10.0.0.0/8", "::1"] }).Single(s => s.IsChanged).Value);
    }

    [Fact]
    public void Of_TextsThatHoldSecrets_AreOnlySaidToBeConfigured()
    {
        var shown = EffectiveSettings.Of("X", new WithSecrets { ApiKey = "canary-1", AdminPassword = "canary-2", TokenOverlap = TimeSpan.FromHours(1) }).ToList();
        Assert.DoesNotContain(shown, s => s.Value.Contains("canary", StringComparison.Ordinal));
        Assert.Equal(["configured", "configured", "01:00:00"], shown.Select(s => s.Value));
    }

    private sealed class WithSecrets
    {
        public string? ApiKey { get; init; }

        public string? AdminPassword { get; init; }

        public TimeSpan TokenOverlap { get; init; }
    }
}
