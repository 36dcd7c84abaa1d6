using TriggerConsole.Core.Http;
using TriggerConsole.Core.Secrets;
using TriggerConsole.Core.Triggers;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Secrets;

public sealed class SecretUsesTests
{
    [Theory]
    [InlineData("Bearer {secret:CRM_TOKEN}", "CRM_TOKEN")]
    [InlineData("{secret:a}{secret:b}", "a,b")]
    [InlineData("{secret:crm|none}", "crm")]
    [InlineData("{{secret:NO}}", "")]
    [InlineData("{{{secret:YES}}}", "YES")]
    [InlineData("{secret:}", "")]
    [InlineData("{secret:open", "")]
    [InlineData("{header:secret}", "")]
    public void NamesIn_Text_AreThoseOfPlaceholders(string text, string expected) => Assert.Equal(expected, string.Join(',', SecretUses.NamesIn(text)));

    [Fact]
    public void NamesIn_HttpSettings_FindsHeadersBodyAndSecretFields()
    {
        var settings = new HttpTriggerSettings
        {
            Url = "https://crm.example/{secret:PATH}",
            Headers = [new() { Name = "X-Key", Value = "{secret:KEY}" }],
            Body = new() { Format = HttpBodyFormat.Json, Template = """{"a":"{secret:BODY}"}""" },
            Auth = new() { Type = HttpAuthType.Bearer, Token = "x-{secret:TOKEN}" },
        };
        Assert.Equal(["BODY", "KEY", "PATH", "TOKEN"], SecretUses.NamesIn(settings).Order());
    }

    [Fact]
    public void Of_Name_FindsTriggersWithoutRegardToCase()
    {
        var directory = new TriggerDirectory();
        directory.Set(Trigger("Zoo", "https://a.example/{secret:Crm}"));
        directory.Set(Trigger("Ark", "https://a.example/{secret:CRM}"));
        directory.Set(Trigger("Other", "https://a.example/"));
        var uses = new SecretUses(directory);

        Assert.Equal(["Ark", "Zoo"], uses.Of("crm").Select(u => u.TriggerName));
        Assert.Equal(["Ark", "Zoo"], uses.All()["cRM"].Select(u => u.TriggerName));
        Assert.Empty(uses.Of("cr"));
    }

    private static RuntimeTrigger Trigger(string name, string url)
    {
        var scripted = EngineBench.Trigger();
        return new()
        {
            Id = scripted.Id,
            Name = name,
            Kind = scripted.Kind,
            Settings = new HttpTriggerSettings { Url = url },
            Prepared = scripted.Prepared,
            CallbackId = null,
            Enabled = true,
            Paused = false,
            Priority = 5,
            Retry = scripted.Retry,
            Limits = scripted.Limits,
            Version = 1,
        };
    }
}
