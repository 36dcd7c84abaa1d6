using System.Data.Common;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Radzen;
using TriggerConsole.Api;
using TriggerConsole.Authentication;
using TriggerConsole.Components.Controls;
using TriggerConsole.Core.Identity;
using TriggerConsole.Core.Identity.Sessions;
using TriggerConsole.Core.Mail;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Components.Pages.Settings;

/// <summary>One user, for administrators: name, role, lock, password, second factor, sessions.</summary>
public sealed partial class UserPage
{
    private UserView? _user;
    private IReadOnlyList<SignedInPlace> _places = [];
    private LinkResponse? _link;
    private string _name = "";
    private Role _role;
    private string? _nameFault;
    private string? _problem;
    private string? _said;
    private string? _fault;
    private bool _isLoaded;
    private bool _isOneself;

    [Parameter] public Guid Id { get; set; }

    [CascadingParameter] public required Task<AuthenticationState> Authentication { get; set; }

    [Inject] private UserQueries Users { get; set; } = default!;

    [Inject] private UserCommands UserCommands { get; set; } = default!;

    [Inject] private SignedInPlaces Places { get; set; } = default!;

    [Inject] private UserLinkDelivery Delivery { get; set; } = default!;

    [Inject] private AccountMails Mails { get; set; } = default!;

    [Inject] private PageCommands Commands { get; set; } = default!;

    [Inject] private DialogService Dialogs { get; set; } = default!;

    [Inject] private NavigationManager Navigation { get; set; } = default!;

    protected override async Task OnParametersSetAsync()
    {
        _isOneself = (await Authentication).User.UserId() == Id;
        await LoadAsync();
        (_name, _role) = (_user?.Name ?? "", _user?.Role ?? default);
    }

    private async Task LoadAsync()
    {
        try
        {
            var session = (await Authentication).User.SessionId();
            _user = await Users.GetAsync(Id, CancellationToken.None);
            _places = _user is null ? [] : await Places.ListAsync(Id, session, CancellationToken.None);
            (_isLoaded, _fault) = (true, null);
        }
        catch (DbException)
        {
            _fault = "The database does not answer. Try again in a moment.";
        }
    }

    private async Task SaveAsync()
    {
        var refusal = await RunAsync(actor => UserCommands.ChangeAsync(Id, new() { Name = _name, Role = _role }, actor, CancellationToken.None), "Saved.");
        _nameFault = refusal is Refusal.Invalid invalid ? invalid.Errors[0].Message : null;
    }

    private async Task LockAsync()
    {
        if (!await Dialogs.AskAsync($"Lock {_user!.Title}?", "The user is signed out everywhere at once, and cannot sign in until someone unlocks the account. Nothing else is lost.", "Lock the user", isDangerous: true)) return;
        await RunAsync(actor => UserCommands.LockAsync(Id, actor, CancellationToken.None), "Locked, and signed out everywhere.");
    }

    private Task<Refusal?> UnlockAsync() => RunAsync(_ => UserCommands.UnlockAsync(Id, CancellationToken.None), "Unlocked.");

    private async Task LinkAsync()
    {
        var byMail = Mails.IsOn && await Dialogs.AskAsync("Mail the link?", $"The link goes to {_user!.Email}. Choose the other button to see it here and hand it over yourself.", "Mail it", stay: "Show it here");
        CreatedUser? made = null;
        await RunAsync<CreatedUser>(async _ =>
        {
            var result = await UserCommands.MakeLinkAsync(Id, CancellationToken.None);
            made = result.Value;
            return result;
        }, null);
        if (made?.Link is { } link) _link = await Delivery.DeliverAsync(made.User, link, byMail, CancellationToken.None, Navigation.BaseUri);
    }

    private async Task RemoveTwoFactorAsync()
    {
        if (!await Dialogs.AskAsync($"Turn two-factor sign-in off for {_user!.Title}?", "The password alone is enough then. Make sure that it is really the user who asks for this.", "Turn it off", ["The app no longer counts", "All recovery codes are gone"], isDangerous: true)) return;
        await RunAsync(_ => UserCommands.RemoveTwoFactorAsync(Id, CancellationToken.None), "Two-factor sign-in is off.");
    }

    private async Task DeleteAsync()
    {
        if (!await Dialogs.AskAsync($"Delete {_user!.Title}?", "This cannot be undone. What the user has made stays.", "Delete the user", ["The account with password and second factor", "All places where it is signed in"], isDangerous: true)) return;
        if (await RunAsync(actor => UserCommands.DeleteAsync(Id, actor, CancellationToken.None), null) is null) Navigation.NavigateTo("/settings?tab=users");
    }

    private Task<Refusal?> EndAsync(SignedInPlace place) => RunAsync(_ => EndPlaceAsync(place.Id), "Signed out there.");

    private Task<Refusal?> EndAllAsync() => RunAsync<User>(async _ =>
    {
        if (await Users.FindAsync(Id, CancellationToken.None) is not { } user) return new Refusal.NotFound("There is no such user.");
        await Places.EndAllAsync(user, null, "an administrator asked for it", CancellationToken.None);
        return user;
    }, "Signed out everywhere.");

    private async Task<CommandResult<User>> EndPlaceAsync(Guid place)
    {
        if (await Users.FindAsync(Id, CancellationToken.None) is not { } user) return new Refusal.NotFound("There is no such user.");
        return await Places.EndAsync(user, place, CancellationToken.None) ? user : new Refusal.NotFound("The user is not signed in there any more.");
    }

    private async Task<Refusal?> RunAsync<T>(Func<Guid?, Task<CommandResult<T>>> command, string? said)
    {
        (_problem, _said, _nameFault) = (null, null, null);
        var result = await Commands.RunAsync(Permissions.ManageUsers, user => command(user.UserId()));
        if (result.Refusal is not Refusal.Invalid) _problem = result.Refusal?.Message;
        if (!result.IsRefused) _said = said;
        await LoadAsync();
        return result.Refusal;
    }
}
