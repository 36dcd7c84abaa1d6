using System.Text.Json;
using Bunit;
using Microsoft.Extensions.DependencyInjection;
using Radzen;
using TriggerConsole.Components.Controls.Records;
using TriggerConsole.Core.Amqp.Exchanges;
using TriggerConsole.Core.Triggers;
using Xunit;

namespace TriggerConsole.Tests.Components.Controls.Records;

public sealed class RecordViewTests : BunitContext
{
    private static readonly Guid s_id = Guid.Parse("01a1fe27-2495-7000-bb9a-0e314e647b53");

    public RecordViewTests()
    {
        JSInterop.Mode = JSRuntimeMode.Loose;
        Services.AddRadzenComponents();
        Services.AddSingleton<AmqpExchangeDirectory>();
    }

    [Fact]
    public void RequestView_Call_ShowsLineHeadersAndBody()
    {
        var view = RenderRequest("""
            {"method":"POST","url":"https://crm.example/orders?x=1","httpVersion":"1.1","headers":[["Content-Type","application/json"],["Authorization","Bearer ••••••"]],
             "body":"{\"a\":1}","bodyEncoding":"text","bodySize":7,"bodyTruncated":false}
            """);
        Assert.Equal("POST", view.Find(".method").TextContent);
        Assert.Equal("https://crm.example/orders?x=1", view.Find(".url").TextContent);
        Assert.Equal("Bearer ••••••", view.FindAll(".headers td")[1].TextContent);
        Assert.Equal("{\n  \"a\": 1\n}", view.Find("pre").TextContent);
        Assert.Contains("7 bytes, JSON", view.Find(".bar").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void BodyView_Raw_ShowsItAsItWas()
    {
        var view = RenderRequest("""{"method":"POST","url":"https://x.example/","headers":[],"body":"{ \"a\":1}","bodySize":8}""");
        view.FindAll(".switch button")[1].Click();
        Assert.Equal("{ \"a\":1}", view.Find("pre").TextContent);
        Assert.Equal("true", view.FindAll(".switch button")[1].GetAttribute("aria-pressed"));
    }

    [Fact]
    public void RequestView_BodyCutOff_SaysSo()
        => Assert.Contains("Only the beginning is kept, of 2.0 MB",
            RenderRequest("""{"method":"POST","url":"https://x.example/","headers":[],"body":"abc","bodySize":2097152,"bodyTruncated":true}""").Markup, StringComparison.Ordinal);

    [Fact]
    public void RequestView_Binary_ShowsHex()
    {
        var view = RenderRequest("""{"method":"POST","url":"https://x.example/","headers":[["Content-Type","image/png"]],"body":"iVBORw==","bodyEncoding":"base64","bodySize":4}""");
        Assert.Contains("Binary, 4 bytes", view.Markup, StringComparison.Ordinal);
        Assert.StartsWith("0000  89 50 4e 47", view.Find("pre").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void RequestView_AnotherProtocol_ShowsItsJson()
        => Assert.Contains("\"topic\": \"a/b\"", RenderRequest("""{"topic":"a/b"}""").Find("pre").TextContent, StringComparison.Ordinal);

    [Fact]
    public void RequestView_Nothing_SaysSo() => Assert.Contains("Nothing was sent", Render<RequestView>().Markup, StringComparison.Ordinal);

    [Fact]
    public void RequestView_HostileText_IsText()
        => Assert.Empty(RenderRequest("""{"method":"POST","url":"https://x.example/","headers":[["X","<script>alert(1)</script>"]],"body":"<script>alert(1)</script>","bodySize":9}""").FindAll("script"));

    [Fact]
    public void ResponseView_Answer_ShowsStatusTimeAndTimings()
    {
        var view = RenderResponse("""
            {"status":503,"reason":"Service Unavailable","httpVersion":"1.1","headers":[["Retry-After","5"]],"body":"busy","bodyEncoding":"text","bodySize":4,"bodyTruncated":false,
             "address":"192.0.2.7","timings":{"dnsMs":1.2,"connectMs":3,"tlsMs":9,"firstByteMs":40,"totalMs":42.5,"reusedConnection":false}}
            """);
        Assert.Equal("503 Service Unavailable", view.Find(".status.bad").TextContent.Trim());
        Assert.Contains("from 192.0.2.7", view.Find(".line").TextContent, StringComparison.Ordinal);
        Assert.Equal(5, view.FindAll(".timing .bar i").Count);
        Assert.Equal("busy", view.Find("pre").TextContent);
    }

    [Fact]
    public void ResponseView_NoAnswer_SaysWhereItEnded()
    {
        var view = RenderResponse("""{"phase":"connect","timings":{"dnsMs":1,"totalMs":30,"reusedConnection":false}}""");
        Assert.Contains("No answer came: it ended while connecting.", view.Markup, StringComparison.Ordinal);
        Assert.Empty(view.FindAll(".status"));
        Assert.Empty(view.FindAll("pre"));
    }

    [Fact]
    public void ResponseView_BrokenOff_ShowsWhatCame()
    {
        var view = RenderResponse("""{"status":200,"headers":[],"body":"{\"a\":","bodySize":5,"phase":"read","timings":{"firstByteMs":4,"totalMs":30,"reusedConnection":true}}""");
        Assert.Contains("broke off", view.Markup, StringComparison.Ordinal);
        Assert.Contains("Connection reused", view.Markup, StringComparison.Ordinal);
        Assert.Equal("{\"a\":", view.Find("pre").TextContent);
    }

    [Fact]
    public void ResponseView_Redirects_AreListed()
        => Assert.Contains("https://b.example/", RenderResponse("""{"status":200,"headers":[],"timings":{"totalMs":1,"reusedConnection":false},"redirects":[{"status":302,"url":"https://b.example/"}]}""")
            .Find(".redirects").TextContent, StringComparison.Ordinal);

    [Fact]
    public void RequestView_MqttMessage_ShowsTopicDeliveryAndProperties()
    {
        var view = Render<RequestView>(p => p.Add(v => v.Kind, TriggerKind.Mqtt).Add(v => v.Request, JsonSerializer.Deserialize<JsonElement>("""
            {"brokerId":"01a1fe27-2495-7000-bb9a-0e314e647b53","broker":"Workshop","url":"mqtt://h:1883","protocolVersion":"5.0","topic":"orders/<42>","qos":1,"retain":true,
             "properties":{"contentType":"application/json","messageExpirySeconds":90,"payloadFormatIndicator":1,"userProperties":[{"name":"source","value":"<b>shop</b>"}]},"body":"{\"a\":1}","bodySize":7}
            """)));
        Assert.Equal("orders/<42>", view.Find(".where").TextContent);
        Assert.Contains("at least once (QoS 1)", view.Find(".facts").TextContent, StringComparison.Ordinal);
        Assert.Contains("yes, kept for later subscribers", view.Find(".facts").TextContent, StringComparison.Ordinal);
        Assert.Equal(["application/json", "1 min 30 s", "text (UTF-8)", "<b>shop</b>"], view.FindAll(".headers td").Select(d => d.TextContent));
        Assert.Equal("{\n  \"a\": 1\n}", view.Find("pre").TextContent);
    }

    [Fact]
    public void RequestView_MqttWithoutProperties_ShowsItsNote()
        => Assert.Contains("Left out: content type.", Render<RequestView>(p => p.Add(v => v.Kind, TriggerKind.Mqtt).Add(v => v.Request,
            JsonSerializer.Deserialize<JsonElement>("""{"topic":"a","qos":0,"retain":false,"protocolVersion":"3.1.1","note":"Left out: content type."}"""))).Find(".notice").TextContent, StringComparison.Ordinal);

    [Theory]
    [InlineData("""{"reasonCode":0,"reason":"0x00 success","packet":"PUBACK","timings":{"totalMs":3}}""", "acknowledged", "good", "0x00 success")]
    [InlineData("""{"reasonCode":135,"reason":"0x87 not authorised","packet":"PUBACK","timings":{"totalMs":3}}""", "not_authorized", "bad", "0x87 not authorised")]
    [InlineData("""{"reasonCode":16,"reason":"0x10 accepted, but no one subscribes to this topic","packet":"PUBACK","timings":{"totalMs":3}}""", "no_matching_subscribers", "warn", "no one is subscribed to this topic")]
    public void ResponseView_MqttAcknowledgement_ShowsReasonAndItsColour(string json, string code, string css, string words)
    {
        var view = RenderMqttResponse(json, code);
        Assert.Contains(css, view.Find(".status").ClassName, StringComparison.Ordinal);
        Assert.Contains(words, view.Markup, StringComparison.Ordinal);
        Assert.Contains("with PUBACK", view.Markup, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sent", "At QoS 0 no broker confirms a message.")]
    [InlineData("timeout", "No confirmation came.")]
    public void ResponseView_NoMqttAcknowledgement_SaysWhetherOneWasToCome(string code, string words)
        => Assert.Contains(words, RenderMqttResponse("""{"timings":{"totalMs":3}}""", code).Markup, StringComparison.Ordinal);

    [Fact]
    public void RequestView_AmqpMessage_ShowsExchangeKeyPropertiesAndTypedHeaders()
    {
        var view = Render<RequestView>(p => p.Add(v => v.Kind, TriggerKind.Amqp).Add(v => v.Request, JsonSerializer.Deserialize<JsonElement>($$"""
            {"brokerId":"{{s_id}}","broker":"Warehouse","url":"amqp://h:5672","exchangeId":"{{s_id}}","exchange":"orders","routingKey":"orders.<42>","mandatory":true,
             "properties":{"contentType":"application/json","persistent":true,"priority":5,"expirationMs":90000,"messageId":"m-1"},"headers":[{"name":"count","type":"integer","value":"5"},{"name":"source","type":"string","value":"<b>shop</b>"}],"body":"{\"a\":1}","bodySize":7}
            """)));
        Assert.Equal("orders.<42>", view.Find(".where").TextContent);
        Assert.Equal($"/brokers/amqp/{s_id}/exchanges/{s_id}", view.Find(".facts a").GetAttribute("href"));
        Assert.Contains("persistent", view.Find(".facts").TextContent, StringComparison.Ordinal);
        Assert.Equal(["application/json", "5", "1 min 30 s", "m-1", "5 (integer)", "<b>shop</b>"], view.FindAll(".headers td").Select(d => d.TextContent));
        Assert.Equal("{\n  \"a\": 1\n}", view.Find("pre").TextContent);
    }

    [Fact]
    public void RequestView_AmqpStraightToAQueue_NamesIt()
    {
        var view = Render<RequestView>(p => p.Add(v => v.Kind, TriggerKind.Amqp).Add(v => v.Request, JsonSerializer.Deserialize<JsonElement>("""{"exchange":"default","queue":"invoices","routingKey":"invoices","properties":{}}""")));
        Assert.Equal("invoices", view.Find(".where").TextContent);
        Assert.Contains("Straight to the queue", view.Find(".facts").TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain("Routing key", view.Find(".facts").TextContent, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"outcome":"confirmed","timings":{"totalMs":3}}""", "good", "Confirmed")]
    [InlineData("""{"outcome":"refused","timings":{"totalMs":3}}""", "bad", "Refused")]
    [InlineData("""{"outcome":"closed","replyCode":404,"replyText":"NOT_FOUND - no exchange 'x'","timings":{"totalMs":3}}""", "bad", "“404 NOT_FOUND - no exchange 'x'”")]
    [InlineData("""{"timings":{"totalMs":3}}""", "bad", "No confirmation came.")]
    public void ResponseView_AmqpAnswer_ShowsOutcomeAndItsColour(string json, string css, string words)
    {
        var view = RenderAmqpResponse(json, null);
        Assert.Contains(css, view.Find(".line span").ClassName, StringComparison.Ordinal);
        Assert.Contains(words, System.Net.WebUtility.HtmlDecode(view.Markup), StringComparison.Ordinal);
        Assert.Empty(view.FindAll(".notice"));
    }

    [Fact]
    public void ResponseView_AmqpNotRouted_SaysWhoDoesNotHaveItAndLeadsToTheBinding()
    {
        var request = $$"""{"brokerId":"{{s_id}}","exchangeId":"{{s_id}}","exchange":"orders","routingKey":"orders.new/eu","properties":{} }""";
        var view = RenderAmqpResponse("""{"outcome":"returned","replyCode":312,"replyText":"NO_ROUTE","timings":{"totalMs":3}}""", request);
        Assert.Contains("Published, but not routed: no queue is bound to orders with the key orders.new/eu, so nobody has it.", view.Find(".notice").TextContent, StringComparison.Ordinal);
        Assert.Equal($"/brokers/amqp/{s_id}/exchanges/{s_id}?key=orders.new%2Feu", view.Find(".notice a").GetAttribute("href"));
        Assert.Contains("312 NO_ROUTE", view.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void ResponseView_AmqpNotRoutedAtAQueue_OffersNoBinding()
    {
        var view = RenderAmqpResponse("""{"outcome":"returned","timings":{"totalMs":3}}""", """{"exchange":"default","queue":"invoices","routingKey":"invoices","properties":{}}""");
        Assert.Contains("there is no queue invoices, so nobody has it", view.Find(".notice").TextContent, StringComparison.Ordinal);
        Assert.Empty(view.FindAll(".notice a"));
    }

    private IRenderedComponent<ResponseView> RenderAmqpResponse(string json, string? request) => Render<ResponseView>(p => p
        .Add(v => v.Kind, TriggerKind.Amqp)
        .Add(v => v.Response, JsonSerializer.Deserialize<JsonElement>(json))
        .Add(v => v.Request, request is null ? null : JsonSerializer.Deserialize<JsonElement>(request)));

    private IRenderedComponent<ResponseView> RenderMqttResponse(string json, string code)
        => Render<ResponseView>(p => p.Add(v => v.Kind, TriggerKind.Mqtt).Add(v => v.Code, code).Add(v => v.Response, JsonSerializer.Deserialize<JsonElement>(json)));

    private IRenderedComponent<RequestView> RenderRequest(string json) => Render<RequestView>(p => p.Add(v => v.Request, JsonSerializer.Deserialize<JsonElement>(json)));

    private IRenderedComponent<ResponseView> RenderResponse(string json) => Render<ResponseView>(p => p.Add(v => v.Response, JsonSerializer.Deserialize<JsonElement>(json)));
}
