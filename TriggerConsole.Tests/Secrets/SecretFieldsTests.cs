using System.Text.Json;
using TriggerConsole.Core;
using TriggerConsole.Core.Http;
using TriggerConsole.Core.Secrets;
using TriggerConsole.Core.Triggers;
using Xunit;

namespace TriggerConsole.Tests.Secrets;

public sealed class SecretFieldsTests
{
    private static readonly Sample s_sample = new() { Name = "n", Key = "k-secret", Inner = new() { User = "u", Password = "p-secret", Deeper = new() { Token = "t-secret" } } };

    [Fact]
    public void Extract_NestedRecords_GivesPathsOfJson()
        => Assert.Equal(new Dictionary<string, string> { ["key"] = "k-secret", ["inner.password"] = "p-secret", ["inner.deeper.token"] = "t-secret" }, SecretFields.Extract(s_sample));

    [Fact]
    public void Apply_WhatWasExtracted_GivesTheSameSettings()
    {
        var stored = JsonSerializer.Deserialize<Sample>(SecretFields.Without(s_sample), CoreJson.Options)!;

        var whole = SecretFields.Apply(stored, SecretFields.Extract(s_sample));

        Assert.Null(stored.Key);
        Assert.Null(stored.Inner!.Deeper!.Token);
        Assert.Equal(s_sample, whole);
    }

    [Fact]
    public void Apply_PathThatIsNotThere_IsIgnored()
    {
        var bare = new Sample { Name = "n" };

        Assert.Equal(bare, SecretFields.Apply(bare, new Dictionary<string, string> { ["inner.password"] = "x", ["gone"] = "y" }));
    }

    [Fact]
    public void Apply_NeverChangesTheOriginal()
    {
        var original = new Sample { Inner = new() };

        var changed = SecretFields.Apply(original, new Dictionary<string, string> { ["inner.password"] = "x" });

        Assert.Null(original.Inner.Password);
        Assert.Equal("x", changed.Inner!.Password);
    }

    [Fact]
    public void Without_HoldsNoSecret()
    {
        var json = SecretFields.Without(s_sample);

        Assert.DoesNotContain("secret", json, StringComparison.Ordinal);
        Assert.DoesNotContain("has", json, StringComparison.Ordinal);
        Assert.Contains("\"name\":\"n\"", json, StringComparison.Ordinal);
    }

    [Fact]
    public void ToPublicJson_SecretsAreNullAndMarked()
    {
        var json = SecretFields.ToPublicJson(s_sample with { Inner = s_sample.Inner! with { Password = "" } });

        Assert.Equal(
            """{"name":"n","key":null,"inner":{"user":"u","password":null,"deeper":{"token":null,"hasToken":true},"hasPassword":false},"hasKey":true}""",
            json.GetRawText());
    }

    [Fact]
    public void Placeholder_IsStoredAndShown()
    {
        var settings = new Sample { Key = "{secret:CRM.key-1}" };

        Assert.Empty(SecretFields.Extract(settings));
        Assert.Equal("{secret:CRM.key-1}", SecretFields.ToPublicJson(settings).GetProperty("key").GetString());
        Assert.False(SecretFields.ToPublicJson(settings).GetProperty("hasKey").GetBoolean());
        Assert.Equal(settings, JsonSerializer.Deserialize<Sample>(SecretFields.Without(settings), CoreJson.Options));
    }

    [Theory]
    [InlineData("{secret:A}", true)]
    [InlineData("Bearer {secret:A}", false)]
    [InlineData("{secret:A}{secret:B}", false)]
    [InlineData("{secret:}", false)]
    [InlineData("{secret:A|fallback}", false)]
    [InlineData("{payload.secret}", false)]
    [InlineData("{secret:A b}", false)]
    public void IsPlaceholder_OnlyForExactlyOne(string value, bool expected) => Assert.Equal(expected, SecretFields.IsPlaceholder(value));

    [Fact]
    public void KeepMissing_NullKeepsAndEmptyRemoves()
    {
        var changed = new Sample { Name = "new", Key = "", Inner = new() { Password = null, Deeper = new() { Token = "fresh" } } };

        var kept = SecretFields.KeepMissing(changed, s_sample);

        Assert.Equal("", kept.Key);
        Assert.Equal("p-secret", kept.Inner!.Password);
        Assert.Equal("fresh", kept.Inner.Deeper!.Token);
        Assert.Equal("new", kept.Name);
    }

    [Fact]
    public void KeepMissing_PartIsGone_BringsNothingBack()
        => Assert.Null(SecretFields.KeepMissing(new Sample { Inner = null }, s_sample).Inner);

    [Fact]
    public void PublicJson_ReadEditedAndSentBack_IsTakenAndKeepsSecrets()
    {
        var answer = SecretFields.ToPublicJson(s_sample).GetRawText();

        var edited = JsonSerializer.Deserialize<Sample>(answer.Replace("\"n\"", "\"edited\"", StringComparison.Ordinal), CoreJson.Options)!;
        var kept = SecretFields.KeepMissing(edited, s_sample);

        Assert.Equal(s_sample with { Name = "edited" }, kept);
    }

    [Fact]
    public void Read_MarkThatBelongsToNoSecret_IsAFault()
        => Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<Sample>("""{"hasName":true}""", CoreJson.Options));

    [Fact]
    public void HttpSettings_RoundTrip_EachTypeKeepsItsOwnSecretOnly()
    {
        TriggerSettings old = new HttpTriggerSettings { Url = "https://a.example", Auth = new() { Type = HttpAuthType.Basic, Username = "u", Password = "pw" } };

        var answer = SecretFields.ToPublicJson(old);
        Assert.Equal("""{"type":"basic","username":"u","password":null,"hasPassword":true}""", answer.GetProperty("auth").GetRawText());

        var same = JsonSerializer.Deserialize<HttpTriggerSettings>(answer, CoreJson.Options)!;
        Assert.Equal("pw", ((HttpTriggerSettings)SecretFields.KeepMissing<TriggerSettings>(same, old)).Auth.Password);

        var bearer = same with { Auth = new() { Type = HttpAuthType.Bearer } };
        Assert.Null(SecretFields.KeepMissing(bearer, old) is HttpTriggerSettings { Auth: var auth } ? auth.Password ?? auth.Token : "");
        Assert.Empty(SecretFields.Extract(same with { Auth = new() { Type = HttpAuthType.Bearer, Password = "left over" } }));
    }

    [Theory]
    [InlineData(typeof(HttpTriggerSettings))]
    public void Settings_EverySecretField_IsFound(Type type)
    {
        var marked = Reachable(type).SelectMany(t => t.GetProperties()).Count(p => p.IsDefined(typeof(SecretFieldAttribute), false));
        var settings = Activator.CreateInstance(type)!;
        var everything = new Dictionary<string, string> { ["auth.password"] = "1", ["auth.token"] = "2", ["auth.value"] = "3", ["auth.clientSecret"] = "4" };

        var filled = (HttpTriggerSettings)SecretFields.Apply(settings, everything);

        Assert.Equal(4, marked);
        Assert.Equal(("1", "2", "3", "4"), (filled.Auth.Password, filled.Auth.Token, filled.Auth.Value, filled.Auth.ClientSecret));
    }

    private static IEnumerable<Type> Reachable(Type type)
        => type.GetProperties(System.Reflection.BindingFlags.Public | System.Reflection.BindingFlags.Instance).Select(p => p.PropertyType)
            .Where(t => t.Namespace == type.Namespace && t.IsClass).SelectMany(Reachable).Prepend(type).Distinct();

    private sealed record Sample
    {
        public string Name { get; init; } = "";

        [SecretField]
        public string? Key { get; init; }

        public SampleInner? Inner { get; init; }
    }

    private sealed record SampleInner
    {
        public string User { get; init; } = "";

        [SecretField]
        public string? Password { get; init; }

        public SampleDeeper? Deeper { get; init; }
    }

    private sealed record SampleDeeper
    {
        [SecretField]
        public string? Token { get; init; }
    }
}
