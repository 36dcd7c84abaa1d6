using System.Net.Http.Json;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using TriggerConsole.Core.Audit;
using TriggerConsole.Core.Identity;
using TriggerConsole.Core.Identity.Tries;
using TriggerConsole.Core.Identity.TwoFactor;
using TriggerConsole.Core.Persistence;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Authentication;

public sealed partial class TwoFactorTests(PeopleApp people) : IClassFixture<PeopleApp>
{
    private TestApp App => people.App;

    [Fact]
    public async Task SetUp_InTheBrowser_AsksForACodeFromThenOn()
    {
        var user = await App.InviteAsync();
        using var browser = await FormBrowser.SignedInAsync(App, user.Email!, People.Password);
        Assert.Equal("/account/two-factor?problem=wrong", await browser.PostAsync("/account/two-factor", "/account/two-factor/begin", new() { ["current"] = "not this one, surely" }));
        await browser.PostAsync("/account/two-factor", "/account/two-factor/begin", new() { ["current"] = People.Password });
        var page = await browser.GetAsync("/account/two-factor");
        var secret = Base32.Decode(Secret().Match(page).Groups[1].Value.Replace(" ", "", StringComparison.Ordinal));
        Assert.Contains("<svg class=\"qr\"", page, StringComparison.Ordinal);
        Assert.Equal("/account/two-factor?problem=code", await browser.PostAsync("/account/two-factor", "/account/two-factor/confirm", new() { ["code"] = "000000" }));
        Assert.Equal("/", await SignInAgainAsync(user)); // not on yet

        Assert.Equal("/account/recovery-codes", await browser.PostAsync("/account/two-factor", "/account/two-factor/confirm", new() { ["code"] = CodeOf(secret) }));

        var codes = RecoveryCode().Matches(await browser.GetAsync("/account/recovery-codes")).Select(m => m.Groups[1].Value).ToList();
        Assert.Equal(10, codes.Distinct().Count());
        Assert.Equal("/account/two-factor", await browser.GetAsync("/account/recovery-codes")); // once
        Assert.DoesNotContain(codes[0], await browser.GetAsync("/account/two-factor"), StringComparison.Ordinal);
        Assert.Equal("/sign-in/code", await SignInAgainAsync(user));
        Assert.Contains(("user.two-factor-on", AuditOutcome.Done), people.Acts.Of(user.Id));
    }

    [Fact]
    public async Task SignIn_WithCode_TakesEachCodeOnce()
    {
        var (user, secret, _) = await WithTwoFactorAsync();
        var code = CodeOf(secret);
        using var browser = new FormBrowser(App);
        await browser.SignInAsync(user.Email!, People.Password);
        Assert.Equal(401, await browser.StatusAsync("/api/executions")); // half-way is not in

        Assert.Equal("/", await browser.PostAsync("/sign-in/code", "/account/code", new() { ["code"] = $"{code[..3]} {code[3..]}" }));

        Assert.Equal(200, await browser.StatusAsync("/api/executions"));
        using var thief = new FormBrowser(App);
        await thief.SignInAsync(user.Email!, People.Password);
        Assert.Equal("/sign-in/code?problem=wrong", await thief.PostAsync("/sign-in/code", "/account/code", new() { ["code"] = code }));
        Assert.Equal(401, await thief.StatusAsync("/api/executions"));
    }

    [Fact]
    public async Task Check_SameCodeAtOnce_IsTakenOnce()
    {
        var (user, secret, codes) = await WithTwoFactorAsync();
        var twoFactors = App.Get<TwoFactors>();
        foreach (var code in (string[])[CodeOf(secret), codes[0]])
        {
            var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() => twoFactors.CheckAsync(user, code, CancellationToken.None))));
            Assert.Single(answers, a => a is CodeAnswer.Right or CodeAnswer.RecoveryCode);
        }
    }

    [Fact]
    public async Task SignIn_WithRecoveryCode_WorksOnceAndIsMailed()
    {
        var (user, _, codes) = await WithTwoFactorAsync();
        using var browser = new FormBrowser(App);
        await browser.SignInAsync(user.Email!, People.Password);

        Assert.Equal("/", await browser.PostAsync("/sign-in/code", "/account/code", new() { ["code"] = codes[3].ToUpperInvariant().Replace("-", " ", StringComparison.Ordinal) }));

        using var again = new FormBrowser(App);
        await again.SignInAsync(user.Email!, People.Password);
        Assert.Equal("/sign-in/code?problem=wrong", await again.PostAsync("/sign-in/code", "/account/code", new() { ["code"] = codes[3] }));
        Assert.Equal(9, await App.Get<TwoFactors>().CodesLeftAsync(user.Id, CancellationToken.None));
        await Eventually.TrueAsync(() => Task.FromResult(people.Mails.Sent.Any(m => m.To == user.Email && m.Body.Contains("9 recovery codes are left", StringComparison.Ordinal))), "the notice");
        await using var context = await App.Get<IDbContextFactory<TriggerConsoleDbContext>>().CreateDbContextAsync();
        var stored = await context.TwoFactors.SingleAsync(t => t.UserId == user.Id);
        Assert.DoesNotContain(codes[0], stored.ProtectedSecret, StringComparison.Ordinal);
        Assert.Equal(32, (await context.RecoveryCodes.FirstAsync(c => c.UserId == user.Id)).Hash.Length);
    }

    [Fact]
    public async Task SignIn_ManyWrongCodes_AreRefusedWithoutALook()
    {
        var (user, secret, _) = await WithTwoFactorAsync();
        var twoFactors = App.Get<TwoFactors>();
        for (var i = 0; i < TryCounters.Most; i++) Assert.Equal(CodeAnswer.Wrong, await twoFactors.CheckAsync(user, "abcdef", CancellationToken.None));

        Assert.Equal(CodeAnswer.LockedOut, await twoFactors.CheckAsync(user, CodeOf(secret), CancellationToken.None));

        Assert.Contains(("user.lock-out", AuditOutcome.Refused), people.Acts.Of(user.Id));
    }

    [Fact]
    public async Task SignIn_PasswordChangedBetweenTheSteps_BeginsAgain()
    {
        var (user, secret, _) = await WithTwoFactorAsync();
        using var browser = new FormBrowser(App);
        await browser.SignInAsync(user.Email!, People.Password);
        await App.Get<UserCommands>().ChangeAsync(user.Id, new() { Role = Role.Viewer }, null, CancellationToken.None); // lowered: a new stamp

        Assert.StartsWith("/sign-in?problem=expired", await browser.PostAsync("/sign-in/code", "/account/code", new() { ["code"] = CodeOf(secret) }), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Token_WithTwoFactor_DemandsTheCode()
    {
        var (user, secret, _) = await WithTwoFactorAsync();
        var without = await TokenAsync(user, null);
        var wrong = await TokenAsync(user, "000000x");
        var right = await TokenAsync(user, CodeOf(secret));
        var replayed = await TokenAsync(user, CodeOf(secret));

        Assert.Equal((400, 401, 200, 401), (without.Status, wrong.Status, right.Status, replayed.Status));
        Assert.True(without.Body.GetProperty("errors").TryGetProperty("otp", out _));
    }

    [Fact]
    public async Task TurnOff_WithPassword_AsksForNoCodeAnyMore()
    {
        var (user, secret, _) = await WithTwoFactorAsync();
        using var browser = new FormBrowser(App);
        await browser.SignInAsync(user.Email!, People.Password);
        await browser.PostAsync("/sign-in/code", "/account/code", new() { ["code"] = CodeOf(secret) });

        await browser.PostAsync("/account/two-factor", "/account/two-factor/off", new() { ["current"] = "not this one, surely" });
        Assert.Equal("/sign-in/code", await SignInAgainAsync(user));
        await browser.PostAsync("/account/two-factor", "/account/two-factor/off", new() { ["current"] = People.Password });

        Assert.Equal("/", await SignInAgainAsync(user));
    }

    [Fact]
    public async Task Demanded_OfAdministrators_OpensNothingUntilItIsSetUp()
    {
        await using var app = await TestApp.StartAsync(new() { ["SignIn:RequireTwoFactor"] = "Administrators" });
        using var browser = new FormBrowser(app);
        Assert.Equal("/account/two-factor", await browser.SignInAsync());
        Assert.Equal(403, await browser.StatusAsync("/api/executions"));
        await browser.PostAsync("/account/two-factor", "/account/two-factor/begin", new() { ["current"] = TestApp.Password });
        var secret = Base32.Decode(Secret().Match(await browser.GetAsync("/account/two-factor")).Groups[1].Value.Replace(" ", "", StringComparison.Ordinal));

        await browser.PostAsync("/account/two-factor", "/account/two-factor/confirm", new() { ["code"] = CodeOf(secret) });

        Assert.Equal(200, await browser.StatusAsync("/api/executions"));
        await browser.PostAsync("/account/two-factor", "/account/two-factor/off", new() { ["current"] = TestApp.Password });
        using var again = new FormBrowser(app);
        Assert.Equal("/sign-in/code", await again.SignInAsync()); // it stays on
        var editor = await app.InviteAsync(Role.Editor);
        using var other = await FormBrowser.SignedInAsync(app, editor.Email!, People.Password);
    }

    private async Task<(User User, byte[] Secret, IReadOnlyList<string> Codes)> WithTwoFactorAsync()
    {
        var user = await App.InviteAsync(Role.Operator);
        var twoFactors = App.Get<TwoFactors>();
        var secret = Base32.Decode((await twoFactors.BeginAsync(user, CancellationToken.None)).Value!.Secret);
        var issued = (await twoFactors.ConfirmAsync(user.Id, CodeOf(secret), CancellationToken.None)).Value!;
        // As if it was some time ago: the code of this moment has been taken by the confirmation
        await using var context = await App.Get<IDbContextFactory<TriggerConsoleDbContext>>().CreateDbContextAsync();
        await context.TwoFactors.Where(t => t.UserId == user.Id).ExecuteUpdateAsync(set => set.SetProperty(t => t.LastStep, 0));
        return ((await App.Get<UserQueries>().FindAsync(user.Id, CancellationToken.None))!, secret, issued.Codes);
    }

    private async Task<string> SignInAgainAsync(User user)
    {
        using var browser = new FormBrowser(App);
        return await browser.SignInAsync(user.Email!, People.Password);
    }

    private Task<(int Status, System.Text.Json.JsonElement Body)> TokenAsync(User user, string? otp)
        => App.TryAsync(HttpMethod.Post, "/api/auth/token", JsonContent.Create(new { grantType = "password", email = user.Email, password = People.Password, otp }), App.Anonymous);

    private static string CodeOf(byte[] secret) => Totp.CodeOf(secret, Totp.StepOf(TimeProvider.System.GetUtcNow()));

    [GeneratedRegex("<code class=\"secret\"[^>]*>([A-Z2-7 ]+)</code>")]
    private static partial Regex Secret();

    [GeneratedRegex("<code[^>]*>([a-z2-9-]{14})</code>")]
    private static partial Regex RecoveryCode();
}
