using System.Text;
using System.Text.Json;
using TriggerConsole.Core.Events;
using TriggerConsole.Tests.Templates;
using Xunit;

namespace TriggerConsole.Tests.Events;

public sealed class EventContentTests
{
    private const string Form = "application/x-www-form-urlencoded";

    [Theory]
    [InlineData("application/json", "{\"a\": 1}", "{\"a\": 1}")]
    [InlineData("application/json; charset=utf-8", " [1] ", "[1]")]
    [InlineData("APPLICATION/CloudEvents+JSON", "\"x\"", "\"x\"")]
    [InlineData("text/json", "5", "5")]
    [InlineData("application/json", "\uFEFF{\"a\":1}", "{\"a\":1}")]
    [InlineData("application/json", "null", "null")]
    [InlineData(null, "true", "true")]
    [InlineData("", "{}", "{}")]
    [InlineData(Form, "{\"a\":1}", "{\"a\":1}")]
    [InlineData("text/plain", "[1]", "[1]")]
    [InlineData("application/json", "{\"a\":1,\"a\":2}", "{\"a\":1,\"a\":2}")]
    public void Payload_Json_IsTheValue(string? contentType, string body, string expected)
        => Assert.Equal(expected, Content(body, contentType).Payload.GetRawText());

    [Theory]
    [InlineData("application/json", "")]
    [InlineData("application/json", "  ")]
    [InlineData("application/json", "{\"a\":1")]
    [InlineData("application/json", "{\"a\":1,}")]
    [InlineData("application/json", "{\"a\":1} x")]
    [InlineData("application/json", "// c\n1")]
    [InlineData("application/json", "NaN")]
    [InlineData("application/json", "<a/>")]
    [InlineData("text/plain", "5")]
    [InlineData("text/plain", "hello")]
    [InlineData("text/html", "<p/>")]
    [InlineData("multipart/form-data; boundary=x", "--x")]
    [InlineData("garbage;;;", "x")]
    [InlineData(null, "hello")]
    [InlineData(null, "<not xml")]
    [InlineData(Form, "")]
    [InlineData(Form, "&&")]
    public void Payload_AnythingElse_IsUndefined(string? contentType, string body)
        => Assert.Equal(JsonValueKind.Undefined, Content(body, contentType).Payload.ValueKind);

    [Theory]
    [InlineData("a=1&b=x+y%20z&c", """{"a":"1","b":"x y z","c":""}""")]
    [InlineData("a=1&b=2&a=3&a=", """{"a":["1","3",""],"b":"2"}""")]
    [InlineData("n%C3%A9=%F0%9F%98%80&q=a%3Db%26c&=x", """{"né":"😀","q":"a=b&c","":"x"}""")]
    [InlineData("a=%zz%&b=%", """{"a":"%zz%","b":"%"}""")]
    [InlineData("{\"a\"=1}", """{"{\"a\"":"1}"}""")]
    [InlineData("a\"b\\=\u0001", """{"a\"b\\":"\u0001"}""")]
    public void Payload_Form_IsAnObjectOfItsFields(string body, string expected)
    {
        var payload = Content(body, Form).Payload;
        using var wanted = JsonDocument.Parse(expected);
        Assert.True(JsonElement.DeepEquals(wanted.RootElement, payload), payload.ToString());
    }

    [Fact]
    public void Payload_FormWithBrokenUtf8OrTooManyFields_IsUndefinedOrReplaced()
    {
        Assert.Equal(JsonValueKind.Undefined, Content([(byte)'a', (byte)'=', 0xFF], Form).Payload.ValueKind);
        Assert.Equal("\uFFFD", Content("a=%FF", Form).Payload.GetProperty("a").GetString());
        Assert.Equal(JsonValueKind.Object, Content(string.Join('&', Enumerable.Repeat("a=1", 10_000)), Form).Payload.ValueKind);
        Assert.Equal(JsonValueKind.Undefined, Content(string.Join('&', Enumerable.Repeat("a=1", 10_001)), Form).Payload.ValueKind);
    }

    [Theory]
    [InlineData("<order><id>7</id><item>a</item><item>b</item><none/></order>", """{"order":{"id":"7","item":["a","b"],"none":""}}""")]
    [InlineData("<a x='1' y=\"&lt;\">t</a>", """{"a":{"@x":"1","@y":"<","#text":"t"}}""")]
    [InlineData("<a>one<b>two</b>three<![CDATA[<4>]]></a>", """{"a":{"b":"two","#text":"onethree<4>"}}""")]
    [InlineData("<?xml version=\"1.0\"?><!-- c --><s:E xmlns:s='urn:s' xmlns='urn:d' s:m='1'>\n  <s:B/>\n</s:E>", """{"s:E":{"@s:m":"1","s:B":""}}""")]
    [InlineData("<a>  </a>", """{"a":""}""")]
    [InlineData("<a><b><c x='1'/><c/></b></a>", """{"a":{"b":{"c":[{"@x":"1"},""]}}}""")]
    [InlineData("\uFEFF<a>é</a>", """{"a":"é"}""")]
    public void Payload_Xml_IsAnObjectTree(string body, string expected)
    {
        foreach (var type in new[] { "application/xml", "text/xml; charset=utf-8", "application/atom+xml" })
        {
            var payload = Content(body, type).Payload;
            using var wanted = JsonDocument.Parse(expected);
            Assert.True(JsonElement.DeepEquals(wanted.RootElement, payload), payload.ToString());
        }
    }

    [Fact]
    public void Payload_XmlInAnotherEncoding_IsRead()
    {
        Assert.Equal("é", Content(Encoding.Latin1.GetBytes("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><a>é</a>"), "text/xml").Payload.GetProperty("a").GetString());
        Assert.Equal("é", Content([.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes("<a>é</a>")], "text/xml").Payload.GetProperty("a").GetString());
    }

    [Theory]
    [InlineData("<!DOCTYPE a [<!ENTITY x \"y\">]><a>&x;</a>")]
    [InlineData("<!DOCTYPE a SYSTEM \"http://127.0.0.1:1/x.dtd\"><a/>")]
    [InlineData("<a>")]
    [InlineData("<a></b>")]
    [InlineData("<a>&nope;</a>")]
    [InlineData("<a>&#xD800;</a>")]
    [InlineData("<?xml version=\"1.0\" encoding=\"no-such-encoding\"?><a/>")]
    [InlineData("<a\u0001/>")]
    public void Payload_HostileXml_IsUndefined(string body)
        => Assert.Equal(JsonValueKind.Undefined, Content(body, "text/xml").Payload.ValueKind);

    [Fact]
    public void Payload_NestingBombs_AreUndefined()
    {
        foreach (var depth in new[] { 65, 100_000, 1_000_000 })
        {
            Assert.Equal(JsonValueKind.Undefined, Content(new string('[', depth) + new string(']', depth), "application/json").Payload.ValueKind);
            Assert.Equal(JsonValueKind.Undefined, Content(string.Concat(Enumerable.Repeat("<a>", depth)) + string.Concat(Enumerable.Repeat("</a>", depth)), "text/xml").Payload.ValueKind);
        }
        Assert.Equal(JsonValueKind.Array, Content(new string('[', 64) + new string(']', 64), "application/json").Payload.ValueKind);
        Assert.Equal(JsonValueKind.Undefined, Content("<r>" + string.Concat(Enumerable.Repeat("<a/>", 100_000)) + "</r>", "text/xml").Payload.ValueKind);
        Assert.Equal(JsonValueKind.Undefined, Content($"<r>{string.Concat(Enumerable.Repeat("<a><a/>", 40))}{string.Concat(Enumerable.Repeat("</a>", 40))}</r>", "text/xml").Payload.ValueKind);
    }

    [Fact]
    public void Payload_BrokenUtf8_IsUndefined()
        => Assert.Equal(JsonValueKind.Undefined, Content([(byte)'"', 0xC3, (byte)'"'], "application/json").Payload.ValueKind);

    [Fact]
    public void Payload_Over16Megabytes_IsUndefined()
        => Assert.Equal(JsonValueKind.Undefined, Content($"\"{new string('a', 16 * 1024 * 1024)}\"", "application/json").Payload.ValueKind);

    [Fact]
    public void Payload_AnyBytes_NeverThrow()
    {
        string?[] types = [null, "application/json", "text/xml", Form, "text/plain", "application/octet-stream", ";", "\0"];
        string[] starts = ["", "{\"", "[", "<a>", "<a b='", "<?xml ", "\"", "a=", "\uFEFF"];
        Hostile.Repeat(5000, random =>
        {
            var bytes = new byte[random.Next(40)];
            random.NextBytes(bytes);
            byte[] body = [.. Encoding.UTF8.GetBytes(starts[random.Next(starts.Length)]), .. random.Next(2) == 0 ? bytes : Encoding.UTF8.GetBytes(Hostile.Text(random)), .. Encoding.UTF8.GetBytes(random.Next(2) == 0 ? "</a>" : "\"}")];
            var content = Content(body, types[random.Next(types.Length)]);
            var payload = content.Payload;
            Assert.Equal(payload.ValueKind, content.Payload.ValueKind);
            if (payload.ValueKind != JsonValueKind.Undefined) Assert.True(JsonElement.DeepEquals(payload, payload) || payload.GetRawText().Contains("\\u", StringComparison.Ordinal));
        });
    }

    [Fact]
    public void Payload_ReadByManyThreads_IsParsedOnce()
    {
        for (var round = 0; round < 50; round++)
        {
            var content = Content("{\"a\":1}", "application/json");
            var seen = new object[8];
            Parallel.For(0, seen.Length, i => seen[i] = content.Parsed);
            Assert.All(seen, parsed => Assert.Same(seen[0], parsed));
        }
    }

    [Fact]
    public void Payload_SiblingNameWithALoneSurrogate_DoesNotHideAProperty()
    {
        var content = Content("""{"a\ud800":1,"ab":2,"\u0061b":3}""", "application/json");
        Assert.Equal(3, JsonParsing.Find(content.Payload, "ab"u8).GetInt32());
        Assert.Equal(JsonValueKind.Undefined, JsonParsing.Find(content.Payload, "az"u8).ValueKind);
    }

    [Fact]
    public void Header_IsTheFirstOfThatNameInAnyCase()
    {
        var content = Content("", null, headers: EventHeaders.Write([new("X-A", "1"), new("x-a", "2"), new("Empty", "")]));
        Assert.Equal("1", content.Header("x-A"));
        Assert.Equal("", content.Header("empty"));
        Assert.Null(content.Header("X-B"));
    }

    [Theory]
    [InlineData("?a=1&b=%20+%C3%A9&a=2&c&=d", "a", "1")]
    [InlineData("?a=1&b=%20+%C3%A9&a=2&c&=d", "b", "  é")]
    [InlineData("?a=1&b=%20+%C3%A9&a=2&c&=d", "c", "")]
    [InlineData("?a=1&b=%20+%C3%A9&a=2&c&=d", "", "d")]
    [InlineData("?a=1", "A", null)]
    [InlineData("", "a", null)]
    [InlineData("?", "a", null)]
    [InlineData("?a=%zz", "a", "%zz")]
    [InlineData("?a=b=c", "a", "b=c")]
    public void Query_IsTheFirstOfThatNameDecoded(string query, string name, string? expected)
        => Assert.Equal(expected, Content("", null, query: query).Query(name));

    [Theory]
    [InlineData("text", "x \"y\"")]
    [InlineData("number", "1.50")]
    [InlineData("object", """{"a":[1,2]}""")]
    [InlineData("nothing", null)]
    [InlineData("missing", null)]
    public void Variable_IsItsText(string name, string? expected)
        => Assert.Equal(expected, Content("", null, variables: """{"text":"x \"y\"","number":1.50,"object":{ "a": [1, 2] },"nothing":null}""").Variable(name));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("[1]")]
    [InlineData("{broken")]
    public void Variable_WithoutAnObjectOfThem_IsNull(string? variables)
        => Assert.Null(Content("", null, variables: variables).Variable("a"));

    private static EventContent Content(string body, string? contentType, byte[]? headers = null, string query = "", string? variables = null)
        => Content(Encoding.UTF8.GetBytes(body), contentType, headers, query, variables);

    private static EventContent Content(byte[] body, string? contentType, byte[]? headers = null, string query = "", string? variables = null) => new(new StoredEvent
    {
        Id = Guid.NewGuid(),
        Origin = EventOrigin.Callback,
        ReceivedAt = DateTimeOffset.UnixEpoch,
        Method = "POST",
        Path = "/",
        QueryString = query,
        Headers = headers ?? "[]"u8.ToArray(),
        ContentType = contentType,
        Body = body,
        Verdicts = [],
        Variables = variables is null ? null : Encoding.UTF8.GetBytes(variables),
    });
}
