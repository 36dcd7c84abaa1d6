using System.Net;
using Bunit;
using TriggerConsole.Api;
using TriggerConsole.Components.Pages.Settings;
using TriggerConsole.Core.Limits;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Components.Pages.Settings;

public sealed class LimitsTabTests : PageBench
{
    [Fact]
    public void Calm_ShowsPoliciesAndThatNobodyWasRefused()
    {
        var page = Render<LimitsTab>();
        Assert.Contains("120,000 a minute, at most 10,000 of them in a second", page.Markup, StringComparison.Ordinal);
        Assert.Contains("30 in 15 minutes", page.Markup, StringComparison.Ordinal);
        Assert.Contains("Nobody was refused", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void SomebodyRefused_IsNamedWithWhatHeWanted()
    {
        var limits = Get<RateLimits>();
        for (var i = 0; i < 33; i++) limits.Take(LimitPolicy.SignIn, IPAddress.Parse("203.0.113.7"));

        var page = Render<LimitsTab>();

        var row = page.Find("table[aria-label='Refused most in the last hour'] tbody tr");
        Assert.Contains("203.0.113.7", row.TextContent, StringComparison.Ordinal);
        Assert.Contains("Wrong passwords, codes and links", row.TextContent, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 60, 0, "any number")]
    [InlineData(0, 60, 5, "5 in a second")]
    [InlineData(60, 1, 0, "60 a second")]
    [InlineData(60, 7200, 0, "60 in 2 hours")]
    [InlineData(60, 90, 20, "60 in 90 seconds, at most 20 of them in a second")]
    public void Much_IsInWords(int permits, int seconds, int burst, string words)
        => Assert.Equal(words, LimitWords.Much(new LimitResponse("api", "address", permits, seconds, burst, 0, 0)));

    [Fact]
    public void What_EveryPolicy_HasWords() => Assert.All(LimitPolicies.All, policy => Assert.NotEqual(policy.Name(), LimitWords.What(policy.Name())));
}
