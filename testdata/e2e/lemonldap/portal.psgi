# The portal of LemonLDAP::NG. It loads its captcha whether or not anything asks
# for one; nothing does, and so ImageMagick need not be there.
BEGIN { $INC{'GD/SecurityImage.pm'} = __FILE__ }
use Lemonldap::NG::Portal::Main;

Lemonldap::NG::Portal::Main->run( {} );
