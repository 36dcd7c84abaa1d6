using System.Text.Json;
using TriggerConsole.Components.Pages.Triggers.Forms;
using TriggerConsole.Components.Pages.Triggers.Http;
using TriggerConsole.Core;
using TriggerConsole.Core.Http;
using TriggerConsole.Core.Secrets;
using TriggerConsole.Core.Validation;
using Xunit;

namespace TriggerConsole.Tests.Components.Pages.Triggers.Http;

public sealed class HttpFormTests
{
    public static TheoryData<HttpTriggerSettings> Settings => new(
        new HttpTriggerSettings { Url = "https://a.example/" },
        new HttpTriggerSettings
        {
            Method = "PUT",
            Url = "https://a.example/{payload.id}",
            Headers = [new() { Name = "X-A", Value = "{event_id}" }],
            Query = [new() { Name = "q", Value = "1" }, new() { Name = "q", Value = "2" }],
            Body = new() { Format = HttpBodyFormat.Json, Template = "{\"a\":1}", ContentType = "application/vnd.a+json" },
            TimeoutSeconds = 90,
            FollowRedirects = true,
            SuccessStatus = "200,202",
            HttpVersion = HttpVersionChoice.Http2,
            MaxResponseBytes = 2048,
        },
        new HttpTriggerSettings { Method = "DELETE", Url = "https://a.example/", Body = new() { Format = HttpBodyFormat.None } },
        new HttpTriggerSettings { Url = "https://a.example/", Auth = new() { Type = HttpAuthType.Bearer, Token = "{secret:CRM}" } },
        new HttpTriggerSettings { Url = "https://a.example/", Auth = new() { Type = HttpAuthType.Basic, Username = "key", Password = "" } },
        new HttpTriggerSettings
        {
            Url = "https://a.example/",
            Auth = new() { Type = HttpAuthType.OAuth2, TokenUrl = "https://login.example/", ClientId = "c", ClientSecret = "{secret:CRM}", Scope = "s", Audience = "a", ClientAuthentication = ClientAuthentication.Body },
        });

    [Theory]
    [MemberData(nameof(Settings))]
    public void ToSettings_OfSettings_IsTheSame(HttpTriggerSettings settings)
    {
        var form = Read(settings);
        Assert.Equivalent(settings, Written(form), strict: true);
    }

    [Fact]
    public void Read_StoredSecret_IsKeptUnlessReplaced()
    {
        var form = Read(new() { Url = "https://a.example/", Auth = new() { Type = HttpAuthType.Bearer, Token = "stored-token" } });
        Assert.True(form.Auth.Token.IsKept);
        Assert.Equal("", form.Auth.Token.Text);
        Assert.Null(Written(form).Auth.Token);

        (form.Auth.Token.IsReplaced, form.Auth.Token.Text) = (true, "new-token");
        Assert.Equal("new-token", Written(form).Auth.Token);
    }

    [Fact]
    public void ToSettings_AnotherWayToSignIn_SendsOnlyItsOwnFields()
    {
        var form = new HttpForm { Url = "https://a.example/" };
        form.Auth.Username = "ana";
        form.Auth.Password.Text = "pass";
        form.Auth.Type = HttpAuthType.ApiKey;
        form.Auth.Name = "X-Key";
        form.Auth.Value.Text = "k";
        Assert.Equivalent(new HttpAuth { Type = HttpAuthType.ApiKey, In = ApiKeyPlace.Header, Name = "X-Key", Value = "k" }, Written(form).Auth, strict: true);
    }

    [Fact]
    public void ToSettings_PasswordForgotten_IsLeftOutAndNotMadeEmpty()
    {
        var form = new HttpForm();
        (form.Auth.Type, form.Auth.Username) = (HttpAuthType.Basic, "ana");
        Assert.Null(Written(form).Auth.Password);
        form.Auth.HasNoPassword = true;
        Assert.Equal("", Written(form).Auth.Password);
    }

    [Fact]
    public void Body_AnotherFormat_KeepsTheTextOfTheFirst()
    {
        var form = new HttpBodyForm { Format = HttpBodyFormat.Json, Template = "{\"mine\":1}" };
        form.Format = HttpBodyFormat.Xml;
        Assert.Equal("<event>{original_payload}</event>", form.Template);
        form.Format = HttpBodyFormat.Json;
        Assert.Equal("{\"mine\":1}", form.Template);
    }

    [Fact]
    public void ToSettings_WhatCannotBeRead_IsAnErrorAtItsField()
    {
        var errors = new FieldErrors();
        new HttpForm { Timeout = "long", LargestAnswer = "huge" }.ToSettings(errors.Under("settings"));
        Assert.Equal(["settings.timeoutSeconds", "settings.maxResponseBytes"], errors.All.Select(e => e.Field));
    }

    [Fact]
    public void Pairs_EmptyRows_AreNotSentAndDoNotShiftTheOthers()
    {
        var list = new PairList { Rows = [new(), new() { Name = "A", Value = "1" }, new(), new() { Name = "B", Value = "2" }] };
        Assert.Equal(["A", "B"], list.ToFields().Select(f => f.Name));
        Assert.Equal([null, 0, null, 1], list.Rows.Select(list.IndexOf));
    }

    [Theory]
    [InlineData("url", null)]
    [InlineData("headers[3].value", "headers")]
    [InlineData("query[0].name", "parameters")]
    [InlineData("body.template", "body")]
    [InlineData("auth.token", "auth")]
    [InlineData("timeoutSeconds", "limits")]
    public void TabOf_Field_IsWhereItIsEdited(string field, string? tab) => Assert.Equal(tab, new HttpForm().TabOf(field));

    [Fact]
    public void ToDescribe_NothingTypedYet_CanBePutIntoASentence()
        => Assert.Equal("…", new HttpForm().ToDescribe().GetProperty("url").GetString());

    [Fact]
    public void WithoutSecrets_LeavesNone()
    {
        var form = new HttpForm { Url = "https://a.example/" };
        form.Auth.Token.Text = "canary-token";
        form.Auth.Password.Text = "{secret:CRM}";
        form.Headers.Rows.Add(new() { Name = "Authorization", Value = "Bearer canary-header" });
        form.Headers.Rows.Add(new() { Name = "X-Api-Key", Value = "{secret:CRM}" });
        var copy = (HttpForm)form.WithoutSecrets(forgetStored: false);
        Assert.DoesNotContain("canary", JsonSerializer.Serialize<object>(copy), StringComparison.Ordinal);
        Assert.Equal("{secret:CRM}", copy.Auth.Password.Text);
        Assert.Equal(["", "{secret:CRM}"], copy.Headers.Rows.Select(r => r.Value));
        Assert.Equal("canary-token", form.Auth.Token.Text);
    }

    [Fact]
    public void WithoutSecrets_ReplacementThatIsLost_LeavesTheStoredValueInPlace()
    {
        var form = Read(new() { Url = "https://a.example/", Auth = new() { Type = HttpAuthType.Bearer, Token = "stored" } });
        (form.Auth.Token.IsReplaced, form.Auth.Token.Text) = (true, "typed");
        var draft = (HttpForm)form.WithoutSecrets(forgetStored: false);
        Assert.True(draft.Auth.Token.IsKept);
        Assert.False(((HttpForm)form.WithoutSecrets(forgetStored: true)).Auth.Token.IsStored);
    }

    private static HttpForm Read(HttpTriggerSettings settings)
    {
        var form = new HttpForm();
        form.Read(SecretFields.ToPublicJson(settings));
        return form;
    }

    private static HttpTriggerSettings Written(HttpForm form) => form.ToSettings(new FieldErrors()).Deserialize<HttpTriggerSettings>(CoreJson.Options)!;
}
