using Microsoft.Extensions.Options;
using TriggerConsole.Core.Limits;
using TriggerConsole.Limits;
using Xunit;

namespace TriggerConsole.Tests.Limits;

public sealed class LimitOptionsTests
{
    [Fact]
    public void Defaults_AreValid()
    {
        Assert.True(new RateLimitingRules().Validate(null, new()).Succeeded);
        Assert.True(new LoadSheddingRules().Validate(null, new()).Succeeded);
        Assert.True(new TrustedProxiesRules().Validate(null, new()).Succeeded);
    }

    [Fact]
    public void RateLimiting_Faults_AreAllNamed()
    {
        var faults = new RateLimitingRules().Validate(null, new()
        {
            IPv6PrefixLength = 200,
            MaxCallers = 5,
            Ingress = new() { Permits = -1 },
            Api = new() { Window = TimeSpan.FromDays(2) },
            SignIn = new() { Permits = 0 },
        }).Failures!.ToList();

        Assert.Equal(
        [
            "RateLimiting:IPv6PrefixLength (200) must be from 16 to 128 bits.",
            "RateLimiting:MaxCallers (5) must be from 1,000 to 10,000,000.",
            "RateLimiting:Ingress:Permits (-1) must be from 0 (any number) to 100,000,000.",
            "RateLimiting:Api:Window (2.00:00:00) must be from 00:00:01 to 1.00:00:00.",
            "RateLimiting:SignIn:Permits (0) must be at least 1: failed sign-ins are always limited.",
        ], faults);
    }

    [Theory]
    [InlineData("10.20.30.40", null)]
    [InlineData("10.0.0.0/8", null)]
    [InlineData("2001:db8::/32", null)]
    [InlineData("proxy", "must be a network such as")]
    [InlineData("10", "must be a network such as")]
    [InlineData("0.0.0.0/0", "would trust nearly everybody")]
    [InlineData("::/0", "would trust nearly everybody")]
    public void TrustedProxies_IsANetworkOrAnAddress(string entry, string? fault)
    {
        var result = new TrustedProxiesRules().Validate(null, new() { TrustedProxies = [entry] });
        Assert.Equal(fault is null, result.Succeeded);
        if (fault is not null) Assert.Contains(fault, Assert.Single(result.Failures!), StringComparison.Ordinal);
    }

    [Fact]
    public void Names_AreThoseOfTheHeaders()
        => Assert.Equal(["ingress", "callback", "refusals", "api", "key", "user", "pages", "account", "hub", "echo", "health", "metrics", "sign-in"], LimitPolicies.All.Select(p => p.Name()));

    [Fact]
    public void RateLimits_SwitchedOff_StillLimitsSignIns()
    {
        using var metrics = new Core.Diagnostics.EngineMetrics();
        var limits = new RateLimits(Options.Create(new RateLimitingOptions { Enabled = false }), new(TimeProvider.System), metrics, TimeProvider.System);
        Assert.True(limits.Of(LimitPolicy.Api).IsNone);
        Assert.False(limits.Of(LimitPolicy.SignIn).IsNone);
    }
}
