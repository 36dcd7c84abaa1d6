using Xunit;

namespace TriggerConsole.Tests.Testing;

/// <summary>A test that takes long; runs only when <c>TC_CAMPAIGN=1</c> (<c>./test.sh campaign</c>).</summary>
public sealed class CampaignAttribute : FactAttribute
{
    public CampaignAttribute()
    {
        if (Environment.GetEnvironmentVariable("TC_CAMPAIGN") != "1") Skip = "A campaign; ./test.sh campaign runs it.";
    }
}
