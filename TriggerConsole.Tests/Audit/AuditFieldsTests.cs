using System.Text.Json;
using TriggerConsole.Core.Audit;
using Xunit;

namespace TriggerConsole.Tests.Audit;

public sealed class AuditFieldsTests
{
    [Theory]
    [InlineData("""{"auth":{"password":"hunter2"}}""", "settings.auth.password")]
    [InlineData("""{"clientSecret":"hunter2"}""", "settings.clientSecret")]
    [InlineData("""{"headers":[{"name":"Authorization","value":"hunter2"}]}""", "settings.headers[0].value")]
    [InlineData("""{"headers":[{"value":"hunter2","name":"X-Api-Key"}]}""", "settings.headers[0].value")]
    [InlineData("""{"query":[{"name":"access_token","value":"hunter2"}]}""", "settings.query[0].value")]
    [InlineData("""{"token":["hunter2"]}""", "settings.token[0]")]
    public void Add_JsonWithASecret_MasksItAndTellsThatItChanged(string json, string path)
    {
        var (before, after) = (Read(json), Read(json.Replace("hunter2", "hunter3", StringComparison.Ordinal)));

        var (old, now, paths) = AuditFields.Differences(before, after);

        Assert.Equal([path], paths);
        Assert.DoesNotContain("hunter", old + now + before.Write(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://anna:hunter2@crm.example/x", "https://anna:••••••@crm.example/x")]
    [InlineData("amqps://:hunter2@mq.example", "amqps://:••••••@mq.example")]
    [InlineData("https://crm.example/x?token=hunter2&page=2", "https://crm.example/x?token=••••••&page=2")]
    [InlineData("https://crm.example/x?a=1&api_key=hunter2#top", "https://crm.example/x?a=1&api_key=••••••#top")]
    [InlineData("https://crm.example/x?token={secret:CRM}", "https://crm.example/x?token={secret:CRM}")]
    [InlineData("https://crm.example/@anna", "https://crm.example/@anna")]
    public void Add_AddressWithASecret_MasksThatPart(string url, string expected)
    {
        var fields = new AuditFields();
        fields.Add("url", url);

        Assert.Equal(expected, JsonSerializer.Deserialize<Dictionary<string, string>>(fields.Write()!)!["url"]);
    }

    [Fact]
    public void Add_PlaceholderAndHarmlessNames_AreShown()
    {
        var fields = Read("""{"auth":{"password":"{secret:CRM}"},"routingKey":"orders","tokenUrl":"https://id.example","headers":[{"name":"X-Trace","value":"on"}]}""");

        Assert.Equal(4, fields.Values.Values.Count(v => v.Shown is string text && !text.Contains('•', StringComparison.Ordinal) && text != "X-Trace"));
    }

    [Fact]
    public void Write_LongTextManyFieldsAndBrokenCharacters_StaysSmallAndWhole()
    {
        var fields = new AuditFields();
        fields.Add("long", new string('x', 100_000));
        fields.Add("broken", "a\0b\ud800c");
        fields.Add("many", JsonSerializer.Serialize(Enumerable.Range(0, 5000)));

        var written = fields.Write()!;

        Assert.True(written.Length < 20_000, $"{written.Length} characters");
        Assert.Contains("(100,000 characters)", written, StringComparison.Ordinal);
        Assert.DoesNotContain('\0', written);
        Assert.Contains("4702 more fields", written, StringComparison.Ordinal);
        using var parsed = JsonDocument.Parse(written);
    }

    // In one test: what stands in attributes is mended on its way to the test
    [Fact]
    public void Clean_WhatDatabasesRefuse_IsReplaced()
    {
        (string Text, string Expected)[] cases = [("plain", "plain"), ("a\0b", "a\ufffdb"), ("a\ud83d", "a\ufffd"), ("\ude00a", "\ufffda"), ("ok \ud83d\ude00", "ok \ud83d\ude00")];
        Assert.All(cases, c => Assert.Equal(c.Expected, AuditText.Clean(c.Text, 100)));
    }

    [Fact]
    public void Clean_CutInsideAPair_LeavesNoHalf() => Assert.Equal("abc\ufffd…", AuditText.Clean("abc\ud83d\ude00defgh", 5));

    private static AuditFields Read(string json)
    {
        var fields = new AuditFields();
        fields.Add("settings", json);
        return fields;
    }
}
